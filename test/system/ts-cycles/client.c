/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/slots.h>
#include "../fuzz-ipc/servers.h"
#include "../ts-basic/child.h"
#include "errors/errors.h"
#include "idl/root.h"
#include "idl/ts_control.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "probe.h"

/*
 * T09: tasks that start and exit, one after the other, of which each finds nothing of the one
 * before; T04: numbers that were never started.
 */

enum { WARM_UP = 20, CYCLES = 10000, UNSTARTED = 1000 };
enum { IRQ_LABEL = 0x1000, FAULT_LABEL = 0x2000 };
#define QUOTA   (256 * 1024)
#define PATIENCE l4_timeouts(L4_TIMEOUT_ZERO, l4_timeout_us(20000000))

extern char __ehdr_start[], _end[]; /* of this program, by the linker */

static struct child child;
static l4_cap_t fault_gate;
static _Alignas(4096) volatile uint64_t pattern[512], fresh[512];
static unsigned misses; /* faults at the place of the task before */

/* Where the page for a fault at @address is in this task, 0: nowhere. */
static uint64_t source_of(uint64_t address)
{
    if (address >= (uint64_t)__ehdr_start && address < (uint64_t)_end) {
        (void)*(volatile char *)address; /* ours, before it can be the child's */
        return address & L4_PAGE_MASK;
    }
    if ((address & L4_PAGE_MASK) != probe_place(probe_cycle - 1))
        return 0;
    misses++;
    return (uint64_t)fresh;
}

/* Serves the child's faults until its end has been told; false if it does what it should not. */
static bool serve(void)
{
    uint64_t label = 0;
    l4_msgtag_t tag;

    l4_receive_nothing();
    tag = l4_ipc_wait(L4_INVALID_CAP, &label, PATIENCE);
    while (!l4_msgtag_has_error(tag) && (label & ~3ull) == FAULT_LABEL
           && l4_msgtag_label(tag) == L4_PROTO_PAGE_FAULT) {
        uint64_t address = l4_utcb()->mr[0], source = source_of(address);
        if (!source)
            return false;
        l4_put_item(0, address & L4_PAGE_MASK, l4_fpage_mem(source, L4_PAGE_SHIFT, L4_FPAGE_RWX));
        l4_receive_nothing();
        tag = l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(0, 0, 1, 0), &label, PATIENCE);
    }
    return !l4_msgtag_has_error(tag) && label == IRQ_LABEL;
}

static long prepare(void)
{
    long result = child_make(&child, QUOTA, 100);

    pattern[0] = probe_cycle;
    fresh[0] = ~probe_cycle;
    if (result >= 0)
        result = l4_task_map(child.task, TASK_CAP_TASK,
                             l4_fpage_mem((uint64_t)pattern, L4_PAGE_SHIFT, L4_FPAGE_RW),
                             probe_place(probe_cycle));
    if (result >= 0)
        result = child_give(&child, child.self, TASK_CAP_TS);
    if (result >= 0)
        result = child_give(&child, fault_gate, TASK_CAP_PAGER);
    if (result >= 0)
        result = child_give(&child, fault_gate, TASK_CAP_EXCEPTION);
    if (result >= 0)
        result = l4_scheduler_run(child.scheduler, child.thread, 50);
    if (result >= 0)
        result = l4_thread_ex_regs(child.thread, (uint64_t)probe_run, probe_stack(), 0);
    return result < 0 ? result : 0;
}

/* True if all was as it should be. */
static bool one_cycle(void)
{
    uint32_t state = TS_CONTROL_RUNNING;
    int32_t code = 0;
    bool good = prepare() == 0;

    misses = 0;
    good = good && serve();
    good = good && ts_control_status(child.control, &state, &code) == 0;
    good = good && state == TS_CONTROL_EXITED && code == probe_code(probe_cycle) && misses == 1
           && !l4_cap_valid(child.task);
    if (!good)
        printf("cycle %lu: state %u code %d, %u faults\n", probe_cycle, state, code, misses);
    child_release(&child);
    probe_cycle++;
    return good;
}

static bool cycles(unsigned count)
{
    uint32_t last = 0;
    bool good = true;

    for (unsigned i = 0; i < count && good; i++) {
        good = one_cycle() && child.id > last; /* no number twice, as long as there are others */
        last = child.id;
    }
    return good;
}

TEST(warm_up)
{
    CHECK(cycles(WARM_UP));
    servers_books("before");
}

TEST(each_finds_nothing_of_the_one_before)
{
    CHECK(cycles(CYCLES));
}

TEST(made_and_given_up_without_a_start)
{
    for (unsigned i = 0; i < UNSTARTED; i++) {
        CHECK_EQ(child_make(&child, QUOTA, 100), 0);
        child_release(&child);
    }
    CHECK(child_ended(1000000));
    CHECK(cycles(1));
    servers_books("after");
}

static const struct unit_test tests[] = {
    T(warm_up), T(each_finds_nothing_of_the_one_before), T(made_and_given_up_without_a_start),
};

static long start(void)
{
    long result = child_connect(IRQ_LABEL);

    fault_gate = slots_alloc();
    probe_cycle = 1;
    if (result >= 0)
        result = l4_factory_create_gate(TASK_CAP_FACTORY, fault_gate, TASK_CAP_THREAD, FAULT_LABEL);
    return result;
}

int main(void)
{
    long result = start();
    int failed = 1;

    if (result < 0)
        printf("FAIL start: %s\n", error_text(result));
    else
        failed = unit_run(tests, sizeof(tests) / sizeof(tests[0]));
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
