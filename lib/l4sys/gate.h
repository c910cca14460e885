/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/ipc.h"

/* IPC gate (ABI 7.4): all need the server right on the capability. */

/** Binds @gate to @thread with @label (bits 0, 1 clear); blocked senders are released. */
static inline long l4_gate_bind(l4_cap_t gate, l4_cap_t thread, uint64_t label)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_GATE_BIND;
    u->mr[1] = label;
    l4_put_cap(2, thread);
    return l4_result(l4_ipc_call(gate, l4_msgtag(L4_PROTO_KOBJECT, 2, 1, 0), L4_NEVER));
}

/** Makes @difference references of this slot not count, so that the gate dies with its clients. */
static inline long l4_gate_dec_refcnt(l4_cap_t gate, uint64_t difference)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_GATE_DEC_REFCNT;
    u->mr[1] = difference;
    return l4_result(l4_ipc_call(gate, l4_msgtag(L4_PROTO_KOBJECT, 2, 0, 0), L4_NEVER));
}
