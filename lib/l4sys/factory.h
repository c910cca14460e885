/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/ipc.h"

/*
 * Factory (ABI 7.1). All need S on @factory; the new capability, with all rights, goes to the slot
 * of @target, which must be empty (overwriting deletes, ABI 2.5). Return 0 or a negative error:
 * -L4_ENOMEM out of quota, -L4_ENODEV unknown type, -L4_EINVAL bad argument.
 */

static inline long l4_factory_create(l4_cap_t factory, l4_cap_t target, long type, unsigned words)
{
    l4_utcb()->mr[0] = (uint64_t)type;
    l4_receive_cap(target);
    return l4_result(l4_ipc_call(factory, l4_msgtag(L4_PROTO_FACTORY, words, 0, 0), L4_NEVER));
}

/** A gate with @label (bits 0 and 1 clear), bound to @thread unless that is 0. */
static inline long l4_factory_create_gate(l4_cap_t factory, l4_cap_t target, l4_cap_t thread,
                                          uint64_t label)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = 0;
    u->mr[1] = L4_ARG_UNSIGNED;
    u->mr[2] = label;
    if (thread)
        l4_put_cap(3, thread);
    l4_receive_cap(target);
    return l4_result(l4_ipc_call(factory, l4_msgtag(L4_PROTO_FACTORY, 3, thread ? 1 : 0, 0),
                                 L4_NEVER));
}

/** A task with initial kernel-user memory @ku_mem (order 12..17; raw 0: none). */
static inline long l4_factory_create_task(l4_cap_t factory, l4_cap_t target, l4_fpage_t ku_mem)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[1] = L4_ARG_FPAGE;
    u->mr[2] = ku_mem.raw;
    return l4_factory_create(factory, target, L4_PROTO_TASK, 3);
}

static inline long l4_factory_create_thread(l4_cap_t factory, l4_cap_t target)
{
    return l4_factory_create(factory, target, L4_PROTO_THREAD, 1);
}

/** A factory of its own with @limit bytes of kernel memory, taken from @factory. */
static inline long l4_factory_create_factory(l4_cap_t factory, l4_cap_t target, uint64_t limit)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[1] = L4_ARG_UNSIGNED;
    u->mr[2] = limit;
    return l4_factory_create(factory, target, L4_PROTO_FACTORY, 3);
}

static inline long l4_factory_create_irq(l4_cap_t factory, l4_cap_t target)
{
    return l4_factory_create(factory, target, L4_PROTO_IRQ_SENDER, 1);
}

static inline long l4_factory_create_semaphore(l4_cap_t factory, l4_cap_t target)
{
    return l4_factory_create(factory, target, L4_PROTO_SEMAPHORE, 1);
}
