/* SPDX-License-Identifier: BSD-2-Clause */
#include "abi.h"

/* All there are, in the order in which they run. A new one needs a line here and one in abi.h. */
const struct test *const suites[] = {
    ipc_tests, reply_tests, item_tests, object_tests, memory_tests, irq_tests, quota_tests,
    exception_tests, vcpu_tests, vcpu_event_tests, alien_tests, trampoline_tests, control_tests,
    debugger_tests, long_tests, preempt_tests, entry_tests, request_tests, space_tests, fault_tests,
    boot_tests, review_tests, bench_tests, NULL};
