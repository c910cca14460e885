/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/object.h"
#include "ipc/slots.h"
#include "ipc/serve.h"
#include "ipc/transport.h"

/*
 * The loop: wait, look up the object by its label, run its operation, answer. An answer is sent
 * together with the next wait where possible; it goes out by itself when there is something to
 * clean up first (received capabilities, a tick), because that overwrites the UTCB.
 */

static l4_cap_t reply_selector(const struct ipc_server *server, unsigned slot)
{
    return l4_reply_cap(server->reply_first + slot);
}

/* Receive items for the next message: single slots, recognising own gates, then the window. */
static void put_receive_items(const struct ipc_server *server)
{
    struct l4_utcb *utcb = ipc_utcb();
    unsigned at = 0;

    while (at < IPC_MAX_IN_CAPS) {
        utcb->br[at] = server->receive[at] | L4_RCV_MAP | L4_RCV_SMALL | L4_RCV_LOCAL_ID;
        at++;
    }
    if (server->capset_order > 0) {
        utcb->br[at++] = L4_RCV_MAP;
        utcb->br[at++] = l4_fpage_obj(server->capset_window, server->capset_order, L4_CAP_RWS).raw;
    }
    utcb->br[at] = 0;
    utcb->bdr = l4_bdr(at, at, 0);
}

/* Empties the receive slots. What an operation has taken is not in them any more. */
static void release_received(const struct ipc_server *server)
{
    ipc_kernel_release(server->receive, IPC_MAX_IN_CAPS);
    if (server->capset_order > 0)
        ipc_kernel_release_range(0, l4_fpage_obj(server->capset_window, server->capset_order, 0));
}

/* Send at once or not at all; receive until the next tick. */
static l4_timeouts_t timeouts(const struct ipc_server *server)
{
    uint64_t now;

    if (server->deadline_us == 0)
        return l4_timeouts(L4_TIMEOUT_ZERO, L4_TIMEOUT_NEVER);
    now = ipc_kernel_clock(server->kip);
    return l4_timeouts(L4_TIMEOUT_ZERO,
                       l4_timeout_us(server->deadline_us > now ? server->deadline_us - now : 0));
}

long ipc_reply_send(struct ipc_server *server, unsigned slot, struct ipc_reply *reply)
{
    l4_cap_t selector = reply_selector(server, slot) | L4_SYSF_SEND | L4_SYSF_REPLY;
    l4_msgtag_t tag = ipc_invoke(selector, reply->tag, NULL, L4_BOTH_ZERO);

    if (l4_msgtag_has_error(tag)) {
        long code = (long)(ipc_utcb()->error & 0x1f);
        ipc_reply_lost(server, reply);
        return -(L4_EIPC + code);
    }
    ipc_reply_delivered(reply);
    return 0;
}

static long run(struct ipc_call *call)
{
    const struct ipc_kind *kind = call->object->kind;

    if (l4_msgtag_label(call->tag) > 0)
        return kind->dispatch ? kind->dispatch(kind->ops, call) : -L4_EBADPROTO;
    return kind->foreign ? kind->foreign(call) : -L4_EBADPROTO;
}

static void begin(struct ipc_call *call, struct ipc_server *server, l4_msgtag_t tag)
{
    *call = (struct ipc_call){.server = server, .tag = tag};
}

/* An answer without content; what the operation had wanted to hand out is undone. */
static void answer_error(struct ipc_call *call, long error)
{
    ipc_reply_lost(call->server, &call->reply);
    call->reply.tag = l4_msgtag(error, 0, 0, 0);
}

bool ipc_handle(struct ipc_server *server, struct ipc_call *call, l4_msgtag_t tag, uint64_t label)
{
    struct ipc_object *object;
    long result;

    begin(call, server, tag);
    if (label == ipc_deletion_label(server)) {
        ipc_objects_scan(server);
        return false;
    }
    object = ipc_object_by_label(server, label);
    if (!object) {
        answer_error(call, -L4_ENOENT);
        return true;
    }
    if (object->interrupt) {
        if (object->kind->interrupt)
            object->kind->interrupt(server, object);
        return false;
    }
    call->object = object;
    call->rights = label & IPC_LABEL_RIGHTS;
    result = run(call);
    if (call->deferred && result == IPC_LATER)
        return false;
    if (call->deferred)
        ipc_undefer(call);
    if (result > 0)
        result = -L4_EIO; /* our bug: an operation returns 0, a negative error or IPC_LATER */
    if (result < 0)
        answer_error(call, result);
    /* Always answered or deferred: a caller left in the slot would get somebody else's answer. */
    return true;
}

/* The message @call came with is done with: its answer, if any, has gone out. */
struct turn {
    struct ipc_call call;
    bool answer; /* call.reply is in the UTCB and not sent yet */
};

static void answer_now(struct ipc_server *server, struct turn *turn)
{
    if (turn->answer)
        ipc_reply_send(server, server->reply_current, &turn->call.reply);
    turn->answer = false;
}

static void tick(struct ipc_server *server, struct turn *turn)
{
    if (server->deadline_us == 0 || ipc_kernel_clock(server->kip) < server->deadline_us)
        return;
    answer_now(server, turn);
    server->deadline_us = 0;
    server->tick(server);
}

/* Sends the pending answer, if any, and waits. On an error the tag has the error flag. */
static l4_msgtag_t wait(struct ipc_server *server, struct turn *turn, uint64_t *label)
{
    l4_cap_t selector = reply_selector(server, server->reply_current);
    struct ipc_reply *reply = &turn->call.reply;
    l4_msgtag_t tag;

    put_receive_items(server);
    if (!turn->answer)
        return ipc_invoke(selector | L4_SYSF_WAIT, (l4_msgtag_t){0}, label, timeouts(server));

    tag = ipc_invoke(selector | L4_SYSF_REPLY_AND_WAIT, reply->tag, label, timeouts(server));
    turn->answer = false;
    if (l4_msgtag_has_error(tag) && ipc_send_failed(ipc_utcb()->error & 0x1f)) {
        ipc_reply_lost(server, reply);
        put_receive_items(server);
        return ipc_invoke(selector | L4_SYSF_WAIT, (l4_msgtag_t){0}, label, timeouts(server));
    }
    ipc_reply_delivered(reply);
    return tag;
}

/* 0 if the loop can go on after a wait that ended with IPC error @code. */
static long after_error(struct ipc_server *server, uint64_t code)
{
    switch (code) {
    case L4_IPC_REMSGCUT:
    case L4_IPC_REMAPFAILED:
        release_received(server); /* what fitted before the cut */
        return 0;
    case L4_IPC_RETIMEOUT:
    case L4_IPC_RECANCELED:
        return 0;
    default:
        return -(L4_EIPC + (long)code);
    }
}

long ipc_serve(struct ipc_server *server)
{
    struct turn turn = {.answer = false};

    for (;;) {
        uint64_t label = 0;
        l4_msgtag_t tag = wait(server, &turn, &label);
        if (l4_msgtag_has_error(tag)) {
            long result = after_error(server, ipc_utcb()->error & 0x1f);
            if (result < 0)
                return result;
        } else {
            turn.answer = ipc_handle(server, &turn.call, tag, label);
            if (l4_msgtag_items(tag) > 0) {
                answer_now(server, &turn);
                release_received(server);
            }
        }
        tick(server, &turn);
    }
}

static long init_receive_slots(struct ipc_server *server)
{
    for (unsigned i = 0; i < IPC_MAX_IN_CAPS; i++) {
        server->receive[i] = slots_alloc();
        if (!server->receive[i])
            return -L4_ENOMEM;
    }
    if (server->capset_order > 0) {
        server->capset_window = slots_alloc_range(server->capset_order);
        if (!server->capset_window)
            return -L4_ENOMEM;
    }
    return 0;
}

long ipc_server_init(struct ipc_server *server)
{
    long result;

    if (server->id > IPC_LABEL_ID_MASK || server->object_count > IPC_LABEL_INDEX_MASK + 1
        || server->object_count == 0 || server->reply_count == 0)
        return -L4_EINVAL;
    result = init_receive_slots(server);
    if (result < 0)
        return result;
    server->deletion_irq = slots_alloc();
    if (!server->deletion_irq)
        return -L4_ENOMEM;
    result = ipc_kernel_irq(server->factory, server->deletion_irq, server->thread,
                            ipc_deletion_label(server));
    if (result < 0)
        return result;
    return ipc_kernel_deletion_irq(server->thread, server->deletion_irq);
}
