/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <task/slots.h>
#include "idl/names.h"
#include "idl/ts.h"
#include "idl/ts_self.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"

l4_cap_t child_base, child_irq;
volatile uint64_t child_counter;

static _Alignas(64) unsigned char stack[16384];
extern char __ehdr_start[], _end[]; /* of this program, by the linker */

void child_exit_three(void)
{
    ts_self_exit(TASK_CAP_TS, 3);
    for (;;)
        child_counter++; /* must never come here */
}

void child_spin(void)
{
    for (;;)
        child_counter++;
}

void child_known(void)
{
    l4_log_write(TASK_CAP_LOG, "half a", 6);
    names_register(TASK_CAP_NAMES, "CHILD", TASK_CAP_THREAD);
    child_spin();
}

long child_connect(uint64_t label)
{
    child_base = slots_alloc();
    child_irq = slots_alloc();
    long result = names_query(TASK_CAP_NAMES, "SIMPLE_TS", 5000000, child_base);

    if (result >= 0)
        result = l4_factory_create_irq(TASK_CAP_FACTORY, child_irq);
    if (result >= 0)
        result = l4_irq_bind(child_irq, TASK_CAP_THREAD, label);
    return result;
}

long child_make(struct child *child, uint64_t quota, uint32_t mcp)
{
    *child = (struct child){0, slots_alloc(), slots_alloc(), slots_alloc(), slots_alloc(),
                            slots_alloc(), slots_alloc()};
    return ts_create(child_base, "child", quota, mcp, child_irq, &child->id, child->task,
                     child->factory, child->thread, child->scheduler, child->self, child->control);
}

static long give_memory(l4_cap_t task)
{
    uint64_t start = (uint64_t)__ehdr_start & L4_PAGE_MASK, end = (uint64_t)_end;
    long result = 0;

    for (uint64_t page = start; page < end && result >= 0; page += L4_PAGE_SIZE)
        result = l4_task_map(task, TASK_CAP_TASK,
                             l4_fpage_mem(page, L4_PAGE_SHIFT, L4_FPAGE_RWX), page);
    return result;
}

long child_start(struct child *child, void (*entry)(void), unsigned priority)
{
    long result = give_memory(child->task);

    if (result >= 0)
        result = l4_task_map_cap(child->task, child->self, TASK_CAP_TS, L4_CAP_RW);
    slots_release(child->self);
    child->self = 0;
    if (result >= 0)
        result = l4_scheduler_run(child->scheduler, child->thread, priority);
    if (result >= 0)
        result = l4_thread_ex_regs(child->thread, (uint64_t)entry,
                                   (uint64_t)stack + sizeof(stack) - 8, 0);
    return result < 0 ? result : 0;
}

long child_give(const struct child *child, l4_cap_t from, l4_cap_t to)
{
    long result = l4_task_map_cap(child->task, from, to, L4_CAP_RWS);

    return result < 0 ? result : 0;
}

void child_release(struct child *child)
{
    l4_cap_t slots[] = {child->task,      child->factory, child->thread,
                        child->scheduler, child->self,    child->control};

    for (unsigned i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
        slots_release(slots[i]);
}

bool child_ended(uint64_t us)
{
    l4_timeouts_t timeouts = l4_timeouts(L4_TIMEOUT_NEVER, l4_timeout_us(us));

    l4_receive_nothing();
    return !l4_msgtag_has_error(l4_ipc_receive(child_irq, timeouts));
}
