/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/thread.h"

#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/log.h"
#include "l4sys/thread.h"
#include "libc/tls.h"

long server_thread_make(struct server_thread *thread)
{
    struct l4_thread_control control = {
        .pager = TASK_CAP_PAGER,
        .exc_handler = TASK_CAP_EXCEPTION,
        .task = TASK_CAP_TASK,
        .utcb = TASK_UTCBS + thread->number * L4_UTCB_SIZE,
    };

    thread->cap = slots_alloc();
    if (!thread->cap)
        return -ERR_ENOMEM;
    long error = l4_factory_create_thread(TASK_CAP_FACTORY, thread->cap);
    if (error < 0)
        return error;
    l4_debugger_set_name(TASK_CAP_DEBUGGER, thread->cap, thread->name);
    error = l4_thread_control(thread->cap, &control);
    if (error >= 0)
        error = l4_scheduler_run(TASK_CAP_SCHEDULER, thread->cap, thread->priority);
    if (error < 0)
        return error;
    if (libc_tls_size() > sizeof thread->tls)
        return -ERR_ENOMEM;
    error = l4_thread_set_fs_base(thread->cap, libc_tls_init(thread->tls));
    return error < 0 ? error : 0;
}

long server_thread_run(struct server_thread *thread)
{
    long error = l4_thread_ex_regs(thread->cap, (uint64_t)thread->entry,
                                   (uint64_t)thread->stack + SERVER_THREAD_STACK - 8, 0);
    return error < 0 ? error : 0;
}

long server_thread_faults_to(struct server_thread *thread, l4_cap_t gate)
{
    struct l4_thread_control control = {.pager = gate, .exc_handler = gate};
    long error = l4_thread_control(thread->cap, &control);
    return error < 0 ? error : 0;
}

void server_thread_restart(struct server_thread *thread, void (*entry)(void))
{
    l4_thread_ex_regs(thread->cap, (uint64_t)entry,
                      (uint64_t)thread->stack + SERVER_THREAD_STACK - 8, L4_EX_REGS_CANCEL);
}
