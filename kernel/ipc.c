/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>

#include "gate.h"
#include "irq.h"
#include "scheduler.h"
#include "thread.h"
#include "transfer.h"

enum { COST_SENDER = 150 };
/* Bits of a tag: how many words and items there are, and whether the FPU state goes along. */
enum { MESSAGE = 0xfff | L4_MSGTAG_TRANSFER_FPU };

/* A wait for an answer (or for one partner), as opposed to one for anybody. */
static bool is_closed(const struct ipc *m)
{
    return (m->flags & L4_SYSF_RECV) && !(m->flags & L4_SYSF_OPEN_WAIT);
}

/* True if thread @r would take a message from sender @id at once. */
static bool awaits(const struct thread *r, uint64_t id)
{
    return r->state == THREAD_RECEIVING && (!is_closed(&r->ipc) || r->ipc.partner == id);
}

static struct thread *sender_thread(struct sender *sender)
{
    return container_of(sender, struct thread, ipc.sender);
}

/* A sender has left the queue of @receiver (NULL: a gate's). */
__attribute__((noinline))
static void unqueued(struct thread *receiver)
{
    if (receiver && receiver->mode & MODE_VCPU)
        vcpu_unqueued(receiver);
}

static void leave_queues(struct thread *t)
{
    list_remove(&t->ipc.sender.node);
    if (t->state == THREAD_SENDING)
        unqueued(t->ipc.receiver);
    list_remove(&t->waiting);
    timeout_stop(&t->timeout);
    reply_forget(t);
}

/* The result of what is not a plain system call. */
__attribute__((noinline))
static void give_result(struct thread *t, l4_msgtag_t tag)
{
    if (t->ipc.kind == IPC_VCPU) {
        t->vcpu.area->ipc_tag = tag.raw;
        t->ipc.kind = IPC_SYSCALL;
    } else if (t->ipc.kind == IPC_ALIEN) {
        t->regs.rax = tag.raw;
        t->ipc.kind = IPC_SYSCALL;
        t->todo |= TODO_CALL_DONE;
    } else {
        t->ipc.result = tag;
        t->todo |= t->ipc.kind == IPC_PAGE_FAULT ? TODO_FAULT_REPLY : TODO_EXCEPTION_REPLY;
    }
}

/* @first: the thread runs before its peers, because somebody waits for what it will do. */
static inline void finish(struct thread *t, l4_msgtag_t tag, bool first)
{
    if (t->ipc.kind == IPC_SYSCALL)
        t->regs.rax = tag.raw;
    else
        give_result(t, tag);
    thread_wake(t, first);
}

void ipc_finish(struct thread *t, l4_msgtag_t tag)
{
    t->ipc.error = 0;
    finish(t, tag, false);
}

static void report(struct thread *t, unsigned code)
{
    if (t->ipc.kind != IPC_PAGE_FAULT && t->ipc.kind != IPC_EXCEPTION)
        t->utcb->error = code;
    t->ipc.error = code;
}

void ipc_fail(struct thread *t, unsigned code)
{
    bool receive_phase = code & 1;
    leave_queues(t);
    report(t, code);
    finish(t, (l4_msgtag_t){(receive_phase ? t->ipc.tag.raw : 0) | L4_MSGTAG_ERROR}, false);
}

/* What the receiver sees as label. */
__attribute__((noinline))
static void set_label(struct thread *r, uint64_t label)
{
    if (r->ipc.kind == IPC_SYSCALL || r->ipc.kind == IPC_ALIEN)
        r->regs.rsi = label;
    else if (r->ipc.kind == IPC_VCPU)
        r->vcpu.area->ipc_label = label;
}

/* The message of @s did not go through as a whole: both hear of it. */
static void cut(struct thread *s, struct thread *r, unsigned code)
{
    timeout_stop(&r->timeout);
    reply_forget(r);
    set_label(r, s->ipc.label);
    report(r, code + 1);
    finish(r, (l4_msgtag_t){s->ipc.tag.raw | L4_MSGTAG_ERROR}, false);
    ipc_fail(s, code);
}

/*
 * The message of @s has reached @r, which is done with its wait. @first: @r runs before its peers,
 * for somebody waits for what it will do.
 */
__attribute__((always_inline))
static inline void delivered(struct thread *s, struct thread *r, bool first)
{
    struct ipc *m = &s->ipc;
    uint64_t tag = m->tag.raw & ~(uint64_t)L4_MSGTAG_ERROR;
    timeout_stop(&r->timeout);
    reply_forget(r);
    if (first && is_closed(m) && !is_closed(&r->ipc))
        reply_store(r->ipc.wait_slot, s, m->rights);
    if (unlikely(r->ipc.kind != IPC_SYSCALL)) {
        r->ipc.error = 0;
        set_label(r, m->label);
        finish(r, (l4_msgtag_t){tag}, first);
        return;
    }
    r->regs.rsi = m->label;
    r->regs.rax = tag;
    if (r->state != THREAD_READY) { /* it is, if it takes a sender while it runs */
        r->state = THREAD_READY;
        scheduler_add(r, first && !(tag & L4_MSGTAG_SCHEDULE));
    }
}

static void enqueue(struct list *queue, struct sender *sender)
{
    struct list *position = queue;
    while (position->prev != queue
           && container_of(position->prev, struct sender, node)->priority < sender->priority)
        position = position->prev;
    list_insert(position, &sender->node);
}

/* A sender was put into the queue of @receiver (NULL: a gate's). */
__attribute__((noinline))
static void queued(struct thread *receiver)
{
    if (receiver && receiver->mode & MODE_VCPU)
        vcpu_queued(receiver);
}

/* @s waits in @queue for its send phase; a time-out that already runs goes on. */
static void wait_to_send(struct thread *s, struct list *queue, struct thread *receiver)
{
    l4_timeout_t timeout = s->ipc.timeouts.raw >> 16;
    if (list_empty(&s->timeout.node) && !timeout_start(s, timeout)) {
        ipc_fail(s, L4_IPC_SETIMEOUT);
        return;
    }
    s->ipc.receiver = receiver;
    s->ipc.sender.id = s->object.id;
    s->ipc.sender.priority = s->priority;
    s->ipc.sender.is_irq = false;
    s->ipc.visitor = 0;
    enqueue(queue, &s->ipc.sender);
    thread_block(s, THREAD_SENDING);
    queued(receiver);
}

/* The queued sender that @r takes next, or NULL; none after the send phase of a call. */
static struct sender *next_sender(struct thread *r)
{
    bool closed = is_closed(&r->ipc);
    if (closed && (r->ipc.flags & L4_SYSF_SEND))
        return NULL;
    struct sender *s;
    list_for_each(s, &r->senders, node)
        if (!closed || s->id == r->ipc.partner)
            return s;
    return NULL;
}

/* @r runs, or is a sender whose message has just been taken. */
static inline void wait_to_receive(struct thread *r)
{
    l4_timeout_t timeout = r->ipc.timeouts.raw & 0xffff;
    scheduler_stop(r);
    r->state = THREAD_RECEIVING;
    r->ipc.visitor = 0;
    if (timeout != L4_TIMEOUT_NEVER && !timeout_start(r, timeout))
        ipc_fail(r, L4_IPC_RETIMEOUT);
}

static void deliver_irq(struct irq *irq, struct thread *r)
{
    timeout_stop(&r->timeout);
    reply_forget(r);
    set_label(r, irq_take(irq));
    ipc_finish(r, (l4_msgtag_t){0});
}

/* @t is to make its receive phase (again) when it runs. */
static void put_off_receive(struct thread *t)
{
    t->work.kind = WORK_RECEIVE;
    t->todo |= TODO_WORK;
    thread_wake(t, false);
}

/*
 * Starts the receive phase of @t, which runs. Taking a sender completes that one's send phase; if
 * it may take a sender too then that is its own business: so there are no chains here.
 */
__attribute__((noinline))
static void take_senders(struct thread *t)
{
    struct sender *next = next_sender(t);
    if (!next) {
        wait_to_receive(t);
        return;
    }
    if (next->is_irq) {
        list_remove(&next->node);
        unqueued(t);
        deliver_irq(container_of(next, struct irq, sender), t);
        return;
    }
    struct thread *s = sender_thread(next);
    unsigned code = transfer_message(s, t);
    list_remove(&next->node);
    unqueued(t);
    timeout_stop(&s->timeout);
    if (code) {
        cut(s, t, code);
        return;
    }
    bool more = s->ipc.flags & L4_SYSF_RECV;
    delivered(s, t, more);
    if (!more)
        ipc_finish(s, s->ipc.tag);
    else if (list_empty(&s->senders) || is_closed(&s->ipc))
        wait_to_receive(s);
    else
        put_off_receive(s);
}

void ipc_receive_again(struct thread *t)
{
    take_senders(t);
}

/* The send phase of @s to the waiting @r, and what follows: the path of nearly all IPC. */
static void rendezvous(struct thread *s, struct thread *r)
{
    unsigned code = s->ipc.tag.raw & MESSAGE ? transfer_message(s, r) : 0;
    if (unlikely(code)) {
        cut(s, r, code);
    } else if (!(s->ipc.flags & L4_SYSF_RECV)) {
        delivered(s, r, false);
        ipc_finish(s, s->ipc.tag);
    } else {
        delivered(s, r, true);
        if (list_empty(&s->senders) || is_closed(&s->ipc))
            wait_to_receive(s); /* the partner of a call has just received and is not sending */
        else
            take_senders(s);
    }
}

/* Transfer of items takes pauses, in which the receiver must wait and not run already. */
static bool is_short(l4_msgtag_t tag)
{
    return l4_msgtag_items(tag) == 0;
}

void ipc_send(struct thread *t, struct thread *receiver)
{
    t->ipc.partner = receiver->object.id;
    if (awaits(receiver, t->object.id) && !receiver->object.dead)
        rendezvous(t, receiver);
    else if (receiver->state == THREAD_DEAD || receiver->object.dead)
        ipc_fail(t, L4_IPC_ENOT_EXISTENT);
    else if (receiver->mode & MODE_VCPU && receiver != t && is_short(t->ipc.tag)
             && vcpu_interrupt(receiver))
        rendezvous(t, receiver);
    else
        wait_to_send(t, &receiver->senders, receiver);
}

void ipc_send_gate(struct thread *t, struct gate *gate)
{
    t->ipc.label = gate->label | t->ipc.rights;
    if (gate->thread)
        ipc_send(t, gate->thread);
    else if (gate->orphaned || gate->object.dead)
        ipc_fail(t, L4_IPC_ENOT_EXISTENT);
    else
        wait_to_send(t, &gate->senders, NULL);
}

void ipc_reply(struct thread *t, struct reply_slot *slot)
{
    struct thread *caller = slot->caller;
    if (!caller) {
        ipc_fail(t, L4_IPC_ENOT_EXISTENT);
        return;
    }
    t->ipc.rights = (uint8_t)slot->rights;
    t->ipc.partner = caller->object.id;
    rendezvous(t, caller); /* which empties the slot, at the end */
}

void ipc_receive(struct thread *t)
{
    t->ipc.flags &= (uint8_t)~L4_SYSF_SEND;
    take_senders(t);
}

void ipc_send_irq(struct irq *irq)
{
    struct thread *t = irq->thread;
    if (awaits(t, irq->sender.id) || (t->mode & MODE_VCPU && vcpu_interrupt(t))) {
        deliver_irq(irq, t);
    } else {
        enqueue(&t->senders, &irq->sender);
        queued(t);
    }
}

void ipc_cancel(struct thread *t)
{
    bool works = t->todo & TODO_WORK;
    bool sends = works && t->work.kind == WORK_SEND;
    bool receives = works && t->work.kind == WORK_RECEIVE;
    if (sends || receives) {
        thread_end_work(t);
        if (t->work.unmapping.left.space) /* it leaves no page half unmapped */
            thread_begin_work(t, WORK_CANCELLED);
    }
    if (t->state == THREAD_SENDING || sends)
        ipc_fail(t, L4_IPC_SECANCELED);
    else if (t->state == THREAD_RECEIVING || t->state == THREAD_DOWN || receives)
        ipc_fail(t, L4_IPC_RECANCELED);
}

void ipc_expired(struct thread *t)
{
    ipc_fail(t, t->state == THREAD_SENDING ? L4_IPC_SETIMEOUT : L4_IPC_RETIMEOUT);
}

void ipc_thread_stops(struct thread *t)
{
    leave_queues(t);
}

void ipc_thread_dies(struct thread *t)
{
    reply_clear(&t->reply);
    while (!list_empty(&t->senders)) {
        struct sender *s = list_first(&t->senders, struct sender, node);
        ipc_fail(sender_thread(s), L4_IPC_SECANCELED);
        work_pause(COST_SENDER);
    }
}

/* Takes the first of the senders that wait at @gate. */
static struct thread *take_from_gate(struct gate *gate)
{
    struct thread *s = sender_thread(list_first(&gate->senders, struct sender, node));
    list_remove(&s->ipc.sender.node);
    return s;
}

void ipc_release_gate(struct gate *gate)
{
    struct thread *r = gate->thread;
    while (!list_empty(&gate->senders)) {
        struct thread *s = take_from_gate(gate);
        s->ipc.label = gate->label | s->ipc.rights;
        s->ipc.partner = r->object.id;
        if (r->state == THREAD_DEAD)
            ipc_fail(s, L4_IPC_ENOT_EXISTENT);
        else
            wait_to_send(s, &r->senders, r);
    }
    if (r->state == THREAD_RECEIVING && next_sender(r)) {
        timeout_stop(&r->timeout);
        put_off_receive(r);
    }
}

void ipc_gate_dies(struct gate *gate)
{
    while (!list_empty(&gate->senders)) {
        ipc_fail(take_from_gate(gate), L4_IPC_ENOT_EXISTENT);
        work_pause(COST_SENDER);
    }
}
