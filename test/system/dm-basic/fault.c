/* SPDX-License-Identifier: BSD-2-Clause */
#include "fault.h"

#include <task/layout.h>
#include <task/slots.h>

#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/gate.h"
#include "l4sys/thread.h"

#define PAGER_LABEL 0x1000
#define DONE_LABEL  0x2000

static l4_cap_t thread, pager_gate, done_gate;
static _Alignas(64) unsigned char stack[16384];

/** The job of the second thread. */
static struct {
    volatile uint64_t *at;
    uint64_t value;
    bool write;
} job;

static void toucher(void)
{
    if (job.write)
        *job.at = job.value;
    else
        job.value = *job.at;
    l4_ipc_call(done_gate, l4_msgtag(0, 0, 0, 0), L4_NEVER); /* is never answered */
    for (;;)
        l4_sleep_us(1000000);
}

long fault_init(void)
{
    struct l4_thread_control control = {.exc_handler = TASK_CAP_EXCEPTION, .task = TASK_CAP_TASK,
                                        .utcb = TASK_UTCBS + 5 * L4_UTCB_SIZE};
    thread = slots_alloc();
    control.pager = pager_gate = slots_alloc();
    done_gate = slots_alloc();
    long error = l4_factory_create_thread(TASK_CAP_FACTORY, thread);
    if (error == 0)
        error = l4_factory_create_gate(TASK_CAP_FACTORY, pager_gate, TASK_CAP_THREAD, PAGER_LABEL);
    if (error == 0)
        error = l4_factory_create_gate(TASK_CAP_FACTORY, done_gate, TASK_CAP_THREAD, DONE_LABEL);
    if (error == 0)
        error = l4_thread_control(thread, &control);
    if (error == 0)
        error = l4_scheduler_run(TASK_CAP_SCHEDULER, thread, 1);
    return error;
}

/** Lets the thread do its job from the start; false if it faulted. */
static bool run(void)
{
    uint64_t label = 0;
    long error = l4_thread_ex_regs(thread, (uint64_t)toucher, (uint64_t)stack + sizeof stack - 8,
                                   L4_EX_REGS_CANCEL);
    if (error < 0)
        return false;
    l4_receive_nothing();
    do
        l4_ipc_wait(L4_INVALID_REPLY_CAP, &label, L4_NEVER);
    while ((label & ~3ull) != PAGER_LABEL && (label & ~3ull) != DONE_LABEL);
    return (label & ~3ull) == DONE_LABEL;
}

bool fault_read(uint64_t address, uint64_t *value)
{
    job.at = (volatile uint64_t *)address;
    job.write = false;
    bool good = run();
    *value = job.value;
    return good;
}

bool fault_write(uint64_t address, uint64_t value)
{
    job.at = (volatile uint64_t *)address;
    job.write = true;
    job.value = value;
    return run();
}
