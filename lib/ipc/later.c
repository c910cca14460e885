/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/object.h"
#include "ipc/serve.h"
#include "ipc/slots.h"
#include "ipc/transport.h"
#include "ipc/wire.h"

/*
 * Callers that are answered later, each in a reply slot of its own, and capabilities that are
 * kept. server->reply_current is never busy: the next wait always has a free slot.
 */

long ipc_defer(struct ipc_call *call, struct ipc_later *later)
{
    struct ipc_server *server = call->server;
    unsigned mine = server->reply_current, next = 0;

    if (call->deferred)
        return -L4_EBUSY;
    while (next < server->reply_count && (server->replies[next].busy || next == mine))
        next++;
    if (next == server->reply_count)
        return -L4_EAGAIN;
    server->replies[mine].busy = true;
    server->replies[mine].generation++;
    *later = (struct ipc_later){mine + 1, server->replies[mine].generation};
    call->deferred = true;
    call->deferred_slot = mine;
    server->reply_current = next;
    return 0;
}

void ipc_undefer(struct ipc_call *call)
{
    struct ipc_reply_slot *slot = &call->server->replies[call->deferred_slot];

    slot->busy = false;
    slot->generation++; /* what the operation has kept names nothing now */
    call->server->reply_current = call->deferred_slot;
    call->deferred = false;
}

bool ipc_later_pending(const struct ipc_server *server, const struct ipc_later *later)
{
    const struct ipc_reply_slot *slot;

    if (later->slot == 0 || later->slot > server->reply_count)
        return false;
    slot = &server->replies[later->slot - 1];
    return slot->busy && slot->generation == later->generation;
}

long ipc_later_send(struct ipc_server *server, struct ipc_later *later, long result,
                    struct ipc_reply *reply)
{
    unsigned slot = later->slot - 1;
    long sent;

    if (result == 0)
        result = ipc_reply_end(reply);
    if (!ipc_later_pending(server, later)) {
        ipc_reply_lost(server, reply);
        return -L4_ENOENT;
    }
    if (result < 0) {
        ipc_reply_lost(server, reply);
        reply->tag = l4_msgtag(result, 0, 0, 0);
    }
    sent = ipc_reply_send(server, slot, reply);
    server->replies[slot].busy = false;
    *later = (struct ipc_later){0};
    return sent;
}

long ipc_later_fail(struct ipc_server *server, struct ipc_later *later, long error)
{
    struct ipc_reply reply = {.error = 0};

    return ipc_later_send(server, later, error, &reply);
}

void ipc_foreign_reply(struct ipc_call *call, long label, unsigned words, unsigned items)
{
    call->reply.tag = l4_msgtag(label, words, items, 0);
}

long ipc_later_foreign(struct ipc_server *server, struct ipc_later *later, l4_msgtag_t tag)
{
    struct ipc_reply reply = {.tag = tag};
    unsigned slot = later->slot - 1;
    long sent;

    if (!ipc_later_pending(server, later))
        return -L4_ENOENT;
    sent = ipc_reply_send(server, slot, &reply);
    server->replies[slot].busy = false;
    *later = (struct ipc_later){0};
    return sent;
}

long ipc_take_cap(struct ipc_call *call, struct ipc_cap_in *cap, l4_cap_t *slot)
{
    l4_cap_t fresh;
    long result;

    if (l4_cap_index(cap->slot) == 0)
        return -L4_EINVAL;
    fresh = slots_alloc();
    if (!fresh)
        return -L4_ENOMEM;
    if (cap->receive >= 0) { /* the capability stays, the loop receives elsewhere */
        call->server->receive[cap->receive] = fresh;
        cap->receive = -1;
        *slot = cap->slot;
        return 0;
    }
    result = ipc_kernel_copy(cap->slot, fresh, false);
    if (result < 0) {
        slots_free(fresh);
        return result;
    }
    *slot = fresh;
    return 0;
}

long ipc_take_cap_weak(struct ipc_call *call, struct ipc_cap_in *cap, l4_cap_t *slot)
{
    l4_cap_t fresh;
    long result;

    (void)call;
    if (l4_cap_index(cap->slot) == 0)
        return -L4_EINVAL;
    fresh = slots_alloc();
    if (!fresh)
        return -L4_ENOMEM;
    result = ipc_kernel_copy(cap->slot, fresh, true);
    if (result < 0) {
        slots_free(fresh);
        return result;
    }
    *slot = fresh;
    return 0;
}

long ipc_take_capset(struct ipc_call *call, struct ipc_capset *set)
{
    struct ipc_server *server = call->server;
    l4_cap_t fresh;

    if (set->first != server->capset_window)
        return -L4_EINVAL;
    fresh = slots_alloc_range(server->capset_order);
    if (!fresh)
        return -L4_ENOMEM;
    server->capset_window = fresh;
    set->order = server->capset_order;
    return 0;
}
