/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/ipc.h"

/* IRQ object, semaphore, ICU (ABI 7.5, 7.6, 7.8). */

/** Binds @irq to @thread: messages with tag 0 and @label (any value) arrive there. */
static inline long l4_irq_bind(l4_cap_t irq, l4_cap_t thread, uint64_t label)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_IRQ_BIND;
    u->mr[1] = label;
    l4_put_cap(2, thread);
    return l4_result(l4_ipc_call(irq, l4_msgtag(L4_PROTO_KOBJECT, 2, 1, 0), L4_NEVER));
}

/** Unbinds @irq. 1: it was pending, 2: it was abandoned; -L4_ENOENT: it was not bound. Needs S. */
static inline long l4_irq_detach(l4_cap_t irq)
{
    l4_utcb()->mr[0] = L4_IRQ_SENDER_DETACH;
    return l4_result(l4_ipc_call(irq, l4_msgtag(L4_PROTO_IRQ_SENDER, 1, 0, 0), L4_NEVER));
}

/** Triggers @irq; also "up" of a semaphore. No reply: 0, or -(2000 + IPC code) if it is gone. */
static inline long l4_irq_trigger(l4_cap_t irq)
{
    l4_msgtag_t tag = l4_ipc_send(irq, l4_msgtag(L4_PROTO_IRQ, 0, 0, 0), L4_NEVER);
    return l4_msgtag_has_error(tag) ? -(L4_EIPC + l4_ipc_code()) : 0;
}

/** Unmasks @irq (end of interrupt). No reply. */
static inline void l4_irq_unmask(l4_cap_t irq)
{
    l4_utcb()->mr[0] = L4_IRQ_UNMASK;
    l4_ipc_send(irq, l4_msgtag(L4_PROTO_IRQ, 1, 0, 0), L4_NEVER);
}

/** "Down" of @semaphore; needs S; waits at most as @timeout says. */
static inline long l4_semaphore_down(l4_cap_t semaphore, l4_timeout_t timeout)
{
    l4_utcb()->mr[0] = L4_SEM_DOWN;
    return l4_result(l4_ipc_call(semaphore, l4_msgtag(L4_PROTO_SEMAPHORE, 1, 0, 0),
                                 l4_timeouts(L4_TIMEOUT_NEVER, timeout)));
}

/** "Up" of @semaphore: as l4_irq_trigger(). */
static inline long l4_semaphore_up(l4_cap_t semaphore)
{
    return l4_irq_trigger(semaphore);
}

/** Binds interrupt line @pin to @irq. -L4_EINVAL pin invalid or taken. */
static inline long l4_icu_bind(l4_cap_t icu, unsigned pin, l4_cap_t irq)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_ICU_BIND;
    u->mr[1] = pin;
    l4_put_cap(2, irq);
    return l4_result(l4_ipc_call(icu, l4_msgtag(L4_PROTO_IRQ, 2, 1, 0), L4_NEVER));
}

/** Says how interrupt line @pin fires: @mode as in ABI 7.6, 0x7 level low. */
static inline long l4_icu_set_mode(l4_cap_t icu, unsigned pin, unsigned mode)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_ICU_SET_MODE;
    u->mr[1] = pin;
    u->mr[2] = mode;
    return l4_result(l4_ipc_call(icu, l4_msgtag(L4_PROTO_IRQ, 3, 0, 0), L4_NEVER));
}
