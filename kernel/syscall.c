/* SPDX-License-Identifier: BSD-2-Clause */
/* The one system call: "invoke a capability" (ABI 1). */
#include <l4/error.h>
#include <l4/fpage.h>

#include "counters.h"
#include "exception.h"
#include "gate.h"
#include "invocation.h"
#include "irq.h"
#include "switch.h"
#include "x86_64/trap.h"

struct cap *argument_cap(struct invocation *call, unsigned index, l4_msgtag_t *error)
{
    unsigned at = call->words + 2 * index;
    *error = answer(-L4_EINVAL);
    if (index >= call->items || at + 2 > L4_UTCB_MR)
        return NULL;
    l4_fpage_t fpage = {call->mr[at + 1]};
    if (!(call->mr[at] & L4_ITEM_MAP) || l4_fpage_type(fpage) != L4_FPAGE_OBJ) {
        *error = answer_ipc_error(call, L4_IPC_SEMSGCUT);
        return NULL;
    }
    return cap_lookup(&call->caller->task->caps, l4_fpage_index(fpage));
}

struct argument argument_object(struct invocation *call, unsigned index,
                                const struct object_type *type, unsigned rights)
{
    struct argument a = {NULL, answer(-L4_EINVAL)};
    struct cap *cap = argument_cap(call, index, &a.error);
    if (!cap || cap->object->type != type)
        return a;
    unsigned fpage_rights = (unsigned)call->mr[call->words + 2 * index + 1];
    if ((cap->rights & fpage_rights & rights) != rights)
        a.error = answer(-L4_EPERM);
    else
        a.object = cap->object;
    return a;
}

l4_msgtag_t answer_ipc_error(struct invocation *call, unsigned code)
{
    call->caller->utcb->error = code;
    return (l4_msgtag_t){L4_MSGTAG_ERROR};
}

/* L4_INVALID_CAP and its like: the invoking thread itself. */
static inline bool names_self(uint64_t selector)
{
    return (selector & L4_INVALID_BIT) && !(selector & L4_REPLY_BIT);
}

static bool names_reply_slot(uint64_t selector)
{
    return (selector & L4_REPLY_BIT) && !(selector & L4_INVALID_BIT);
}

/* Without a receive phase only errors of the IPC itself are seen (ABI 1.3). */
void syscall_answer(struct thread *t, l4_msgtag_t result)
{
    if (!(t->ipc.flags & L4_SYSF_RECV) && !l4_msgtag_has_error(result))
        result = t->ipc.tag;
    ipc_finish(t, result);
}

/* Out of line: plain IPC, which comes often, shall not pay for its stack frame. */
__attribute__((noinline))
static void invoke(struct thread *t, struct object *object, unsigned rights, unsigned attributes)
{
    struct invocation call = {
        .caller = t,
        .mr = t->utcb->mr,
        .tag = t->ipc.tag,
        .protocol = l4_msgtag_label(t->ipc.tag),
        .words = l4_msgtag_words(t->ipc.tag),
        .items = l4_msgtag_items(t->ipc.tag),
        .rights = rights,
        .attributes = attributes,
    };
    t->ipc.rights = rights & (L4_CAP_W | L4_CAP_S);
    t->ipc.partner = object->id;
    l4_msgtag_t result = object->type->invoke(object, &call);
    if (call.outcome == OUTCOME_ANSWER)
        syscall_answer(t, result);
    else if (call.outcome == OUTCOME_NO_REPLY && t->ipc.flags & L4_SYSF_RECV)
        ipc_receive(t);
    else if (call.outcome == OUTCOME_NO_REPLY)
        ipc_finish(t, t->ipc.tag);
}

static void send(struct thread *t, uint64_t selector)
{
    if (names_self(selector)) {
        invoke(t, &t->object, L4_CAP_W | L4_CAP_S, 0);
        return;
    }
    struct cap *cap = task_cap(t->task, selector);
    struct gate *gate = cap ? gate_of(cap->object) : NULL;
    if (gate && !gate_wants(cap->attributes, l4_msgtag_label(t->ipc.tag))) {
        t->ipc.rights = cap->rights & (L4_CAP_W | L4_CAP_S);
        ipc_send_gate(t, gate);
    } else if (cap) {
        invoke(t, cap->object, cap->rights, cap->attributes);
    } else {
        ipc_fail(t, L4_IPC_ENOT_EXISTENT);
    }
}

/* The explicit slot of @selector. */
__attribute__((noinline))
static struct reply_slot *explicit_slot(struct thread *t, uint64_t selector, bool allocate)
{
    return reply_lookup(&t->task->replies, l4_cap_index(selector), allocate);
}

static void reply(struct thread *t, uint64_t selector)
{
    struct reply_slot *slot = &t->reply;
    if (names_reply_slot(selector))
        slot = explicit_slot(t, selector, false);
    if (slot)
        ipc_reply(t, slot);
    else
        ipc_fail(t, L4_IPC_ENOT_EXISTENT);
}

/* Whose message a closed wait for @selector means: an id, or the own one for "nobody's". */
__attribute__((noinline))
static void receive(struct thread *t, uint64_t selector)
{
    t->ipc.partner = t->object.id;
    if (t->ipc.flags & L4_SYSF_OPEN_WAIT || names_self(selector)) {
        ipc_receive(t);
        return;
    }
    struct cap *cap = task_cap(t->task, selector);
    if (!cap) {
        ipc_fail(t, L4_IPC_ENOT_EXISTENT);
        return;
    }
    struct gate *gate = gate_of(cap->object);
    if (cap->object->type == &task_type) {
        ipc_finish(t, answer(-L4_EBADPROTO));
        return;
    }
    if (cap->object->type == &thread_type || cap->object->type == &irq_type)
        t->ipc.partner = cap->object->id;
    else if (gate && gate->thread)
        t->ipc.partner = gate->thread->object.id;
    ipc_receive(t);
}

struct l4_exc_regs *syscall_trapped(void)
{
    enum { SYSCALL_LENGTH = 2 };
    struct thread *t = current;
    thread_entered(t);
    if ((t->mode & (MODE_ALLOWED | MODE_VCPU_USER)) == MODE_ALLOWED) {
        t->mode &= (uint8_t)~MODE_ALLOWED;
        t->ipc.kind = IPC_ALIEN;
        return syscall_plain();
    }
    counters.entries++;
    t->regs.rip -= SYSCALL_LENGTH;
    exception_of_call(t, false);
    return NULL;
}

__attribute__((noinline))
void syscall_again(struct thread *t)
{
    uint64_t selector = t->regs.rdx;
    struct ipc *m = &t->ipc;
    m->flags = selector & 0xf;
    m->tag.raw = t->regs.rax;
    m->label = t->regs.rsi;
    m->timeouts.raw = (uint32_t)t->regs.r8;
    m->wait_slot = &t->reply;
    if (names_reply_slot(selector) && m->flags & L4_SYSF_OPEN_WAIT) {
        m->wait_slot = explicit_slot(t, selector, true);
        if (!m->wait_slot) {
            ipc_fail(t, L4_IPC_NO_REPLY_CAP);
            return;
        }
    }
    bool to_caller = m->flags & L4_SYSF_REPLY || names_reply_slot(selector);
    if (!(m->flags & L4_SYSF_SEND))
        m->flags & L4_SYSF_RECV ? receive(t, selector) : ipc_finish(t, m->tag);
    else if (to_caller)
        reply(t, selector);
    else
        send(t, selector);
}

struct l4_exc_regs *syscall_from_user(void)
{
    counters.entries++;
    struct thread *t = current, *partner = ipc_fast(t);
    if (partner) {
        switch_thread(t, partner);
        return &partner->regs;
    }
    syscall_again(t);
    return NULL;
}

syscall_function *syscall_handler = syscall_from_user;
syscall_function *syscall_plain = syscall_from_user;
