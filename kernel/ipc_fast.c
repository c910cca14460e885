/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short way for what nearly all messages are: a call through a gate to a thread that waits for
 * anybody, and the answer to that. No items, no time-out, nobody more urgent: so the partner goes
 * on in the place of the sender, and there is nothing to decide. Whatever is different is left to
 * ipc.c, untouched, which does the same step by step.
 */
#include "gate.h"
#include "scheduler.h"
#include "string.h"
#include "thread.h"

/* Bits of a tag: how many words; what makes a message special. */
enum { WORDS = 0x3f, SPECIAL = 0xfc0 | L4_MSGTAG_SCHEDULE | L4_MSGTAG_TRANSFER_FPU };

/* True if @r can go on with a message at once, in the place of the running thread. */
static inline bool is_at_hand(const struct thread *r)
{
    return r->state == THREAD_RECEIVING && r->ipc.kind == IPC_SYSCALL && !r->todo
           && list_empty(&r->timeout.node) && (uint32_t)(r->regs.rip >> 32) < USER_END >> 32
           && scheduler_allows(r);
}

/* @r gets the message of @t, which waits with @flags from now on. */
static inline struct thread *hand_over(struct thread *t, struct thread *r, unsigned flags)
{
    uint64_t tag = t->regs.rax;
    if (tag & WORDS)
        memcpy(r->utcb->mr, t->utcb->mr, (tag & WORDS) * sizeof r->utcb->mr[0]);
    r->regs.rax = tag & ~(uint64_t)L4_MSGTAG_ERROR;
    r->state = THREAD_READY;
    t->ipc.flags = (uint8_t)flags;
    t->ipc.tag.raw = tag;
    t->ipc.timeouts = L4_NEVER;
    t->ipc.partner = r->object.id;
    t->ipc.visitor = 0;
    t->state = THREAD_RECEIVING;
    scheduler_hand_over(r);
    return r;
}

static inline struct thread *call(struct thread *t, uint64_t selector)
{
    struct cap *cap = cap_find(&t->task->caps, selector >> L4_CAP_SHIFT);
    struct gate *gate = cap ? gate_of(cap->object) : NULL;
    struct thread *r = gate ? gate->thread : NULL;
    if (!r || gate_wants(cap->attributes, l4_msgtag_label((l4_msgtag_t){t->regs.rax}))
        || !is_at_hand(r) || !(r->ipc.flags & L4_SYSF_OPEN_WAIT))
        return NULL;
    unsigned rights = cap->rights & (L4_CAP_W | L4_CAP_S);
    reply_store(r->ipc.wait_slot, t, rights);
    r->regs.rsi = gate->label | rights;
    return hand_over(t, r, L4_SYSF_CALL);
}

static inline struct thread *answer_and_wait(struct thread *t, uint64_t selector)
{
    struct reply_slot *slot = &t->reply;
    if ((selector & (L4_REPLY_BIT | L4_INVALID_BIT)) == L4_REPLY_BIT)
        slot = reply_lookup(&t->task->replies, l4_cap_index(selector), false);
    struct thread *r = slot ? slot->caller : NULL;
    if (!r || !is_at_hand(r) || !list_empty(&t->senders))
        return NULL;
    reply_clear(slot);
    t->ipc.wait_slot = slot;
    r->regs.rsi = t->regs.rsi;
    return hand_over(t, r, L4_SYSF_REPLY_AND_WAIT);
}

struct thread *ipc_fast(struct thread *t)
{
    uint64_t selector = t->regs.rdx;
    unsigned flags = selector & 0xf;
    bool waits_for_ever = (uint16_t)t->regs.r8 == L4_TIMEOUT_NEVER;
    if (t->regs.rax & SPECIAL || !waits_for_ever
        || t->ipc.kind != IPC_SYSCALL)
        return NULL;
    if (flags == L4_SYSF_CALL && !(selector & (L4_REPLY_BIT | L4_INVALID_BIT)))
        return call(t, selector);
    return flags == L4_SYSF_REPLY_AND_WAIT ? answer_and_wait(t, selector) : NULL;
}
