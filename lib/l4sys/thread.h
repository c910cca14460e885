/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/ipc.h"

/* Thread (ABI 7.3). */

/** What thread control shall set; a zero field is left as it is. */
struct l4_thread_control {
    l4_cap_t pager;       /* slot in the table of the thread's task */
    l4_cap_t exc_handler; /* likewise */
    l4_cap_t task;        /* bind to this task, ... */
    uint64_t utcb;        /* ... with the UTCB at this address there */
};

/** Sets pager, exception handler, task and UTCB. Needs S on @thread and on the task. */
static inline long l4_thread_control(l4_cap_t thread, const struct l4_thread_control *c)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_THREAD_CONTROL | (c->pager ? L4_THREAD_SET_PAGER : 0)
               | (c->exc_handler ? L4_THREAD_SET_EXC_HANDLER : 0)
               | (c->task ? L4_THREAD_BIND_TASK : 0);
    u->mr[1] = c->pager;
    u->mr[2] = c->exc_handler;
    u->mr[3] = u->mr[4] = 0;
    u->mr[5] = c->utcb;
    if (c->task)
        l4_put_cap(6, c->task);
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 6, c->task ? 1 : 0, 0),
                                 L4_NEVER));
}

/** Sets instruction pointer and stack pointer (~0: keep); @flags: L4_EX_REGS_*. */
static inline long l4_thread_ex_regs(l4_cap_t thread, uint64_t ip, uint64_t sp, uint64_t flags)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_THREAD_EX_REGS | flags;
    u->mr[1] = ip;
    u->mr[2] = sp;
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 3, 0, 0), L4_NEVER));
}

/** Gives the rest of the time slice to @thread. */
static inline long l4_thread_switch(l4_cap_t thread)
{
    l4_utcb()->mr[0] = L4_THREAD_SWITCH;
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 1, 0, 0), L4_NEVER));
}

/** CPU time that @thread has used, in microseconds. */
static inline long l4_thread_stats(l4_cap_t thread, uint64_t *us)
{
    l4_utcb()->mr[0] = L4_THREAD_STATS;
    long error = l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 1, 0, 0), L4_NEVER));
    if (error >= 0)
        *us = l4_utcb()->mr[0];
    return error < 0 ? error : 0;
}

/** Asks for @irq to be triggered when a gate bound to @thread is deleted. -L4_EBUSY if set. */
static inline long l4_thread_register_del_irq(l4_cap_t thread, l4_cap_t irq)
{
    l4_utcb()->mr[0] = L4_THREAD_REGISTER_DEL_IRQ;
    l4_put_cap(1, irq);
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 1, 1, 0), L4_NEVER));
}

/** Sets the fs base of @thread (L4_INVALID_CAP: oneself). -L4_EINVAL if not canonical. */
static inline long l4_thread_set_fs_base(l4_cap_t thread, uint64_t base)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_THREAD_SEG_BASE;
    u->mr[1] = base;
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 2, 0, 0), L4_NEVER));
}

/**
 * Scheduler (ABI 7.7): runs @thread on any CPU with @priority 1..255 and the default quantum.
 * On a task's scheduling proxy the priority is capped by the task server.
 */
static inline long l4_scheduler_run(l4_cap_t scheduler, l4_cap_t thread, unsigned priority)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_SCHED_RUN_THREAD;
    u->mr[1] = 0xff000000u;
    u->mr[2] = 1;
    u->mr[3] = priority;
    u->mr[4] = 0;
    l4_put_cap(5, thread);
    return l4_result(l4_ipc_call(scheduler, l4_msgtag(L4_PROTO_SCHEDULER, 5, 1, 0), L4_NEVER));
}
