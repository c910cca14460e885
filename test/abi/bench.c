/* SPDX-License-Identifier: BSD-2-Clause */
/* The cost of an IPC round trip. Under -icount shift=0 the TSC counts instructions. */
#include "abi.h"

enum { ROUNDS = 1000 };

static uint64_t tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static void echo(struct worker *w)
{
    (void)w;
    l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    for (;;)
        l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), NULL, L4_SEND_ZERO);
}

static void measure(struct abi_task *task, const char *what)
{
    static struct worker w;
    l4_cap_t gate = cap_new();
    CHECK(worker_start(&w, task, echo, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, w.cap, 0), 0);
    uint64_t start = tsc();
    for (unsigned i = 0; i < ROUNDS; i++)
        l4_ipc_call(gate, l4_msgtag(0, 0, 0, 0), L4_NEVER);
    print("bench ");
    print(what);
    print(" ");
    print_number((long)((tsc() - start) / ROUNDS));
    print("\n");
}

static void test_round_trip(void)
{
    static struct abi_task child;
    measure(&own_task, "ipc-same-task");
    CHECK(task_new(&child));
    measure(&child, "ipc-two-tasks");
}

const struct test bench_tests[] = {
    {"bench-round-trip", test_round_trip},
    {NULL, NULL},
};
