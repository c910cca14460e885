/* SPDX-License-Identifier: BSD-2-Clause */
#include <task/layout.h>
#include <task/slots.h>
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "kernel.h"

l4_cap_t kernel_slot(void)
{
    return slots_alloc();
}

void kernel_slot_free(l4_cap_t slot)
{
    slots_free(slot);
}

long kernel_factory(l4_cap_t target, uint64_t quota)
{
    return l4_factory_create_factory(TASK_CAP_FACTORY, target, quota);
}

long kernel_task(l4_cap_t factory, l4_cap_t target)
{
    l4_fpage_t utcbs = l4_fpage_mem(TASK_UTCBS, TASK_UTCBS_ORDER, L4_FPAGE_RW);

    return l4_factory_create_task(factory, target, utcbs);
}

long kernel_thread(l4_cap_t factory, l4_cap_t target)
{
    return l4_factory_create_thread(factory, target);
}

long kernel_bind(l4_cap_t thread, l4_cap_t task)
{
    struct l4_thread_control control = {
        .pager = TASK_CAP_PAGER,
        .exc_handler = TASK_CAP_EXCEPTION,
        .task = task,
        .utcb = TASK_UTCBS,
    };

    return l4_thread_control(thread, &control);
}

void kernel_name(l4_cap_t task, l4_cap_t thread, const char *name)
{
    l4_debugger_set_name(TASK_CAP_DEBUGGER, task, name);
    l4_debugger_set_name(TASK_CAP_DEBUGGER, thread, name);
}

void kernel_delete(l4_cap_t slot)
{
    l4_cap_delete(slot);
}

void kernel_release(l4_cap_t slot)
{
    slots_release(slot);
}

void kernel_trigger(l4_cap_t irq)
{
    l4_ipc_send(irq, l4_msgtag(L4_PROTO_IRQ, 0, 0, 0), L4_BOTH_ZERO);
}
