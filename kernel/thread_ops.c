/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "scheduler.h"
#include "thread.h"
#include "thread_ops.h"
#include "irq.h"
#include "x86_64/cpu.h"

enum { EX_REGS_ARCH = 0xff000000 };

/* Selector and flag of thread control. */
static void set_if(bool wanted, uint64_t *field, uint64_t value)
{
    if (wanted)
        *field = value & L4_CAP_MASK;
}

static l4_msgtag_t op_control(struct thread *t, struct invocation *call)
{
    uint64_t *mr = call->mr, flags = mr[0];
    if (call->words < 6)
        return answer(-L4_EMSGTOOSHORT);
    if (!(call->rights & L4_CAP_S))
        return answer(-L4_EPERM);
    if (flags & L4_THREAD_BIND_TASK) {
        struct argument task = argument_object(call, 0, &task_type, L4_CAP_S);
        if (!task.object)
            return task.error;
        if (!thread_bind(t, container_of(task.object, struct task, object), (uaddr_t){mr[5]}))
            return answer(-L4_EINVAL);
    }
    uint64_t old_pager = t->pager, old_handler = t->exc_handler;
    set_if(flags & L4_THREAD_SET_PAGER, &t->pager, mr[1]);
    set_if(flags & L4_THREAD_SET_EXC_HANDLER, &t->exc_handler, mr[2]);
    if (flags & L4_THREAD_ALIEN)
        thread_set_mode(t, MODE_ALIEN | MODE_ALLOWED, mr[4] & L4_THREAD_ALIEN ? MODE_ALIEN : 0);
    mr[1] = old_pager;
    mr[2] = old_handler;
    thread_run_if_complete(t);
    return answer_words(0, 3);
}

/* New ip and sp; optionally out of any IPC, optionally into the exception handler. */
static l4_msgtag_t op_ex_regs(struct thread *t, struct invocation *call)
{
    uint64_t flags = call->mr[0], ip = call->mr[1], sp = call->mr[2];
    if (call->words != 3 || flags & EX_REGS_ARCH)
        return answer(-L4_EINVAL);
    call->mr[0] = t->regs.rflags;
    call->mr[1] = t->regs.rip;
    call->mr[2] = t->regs.rsp;
    bool in_exception = t->state != THREAD_READY && t->state != THREAD_STOPPED
                        && t->ipc.kind == IPC_EXCEPTION;
    if (t->state == THREAD_DEAD || (in_exception && !(flags & L4_EX_REGS_CANCEL)))
        return answer_words(0, 3);
    if (flags & L4_EX_REGS_CANCEL)
        ipc_cancel(t);
    if (flags & L4_EX_REGS_TRIGGER)
        t->todo |= TODO_RAISE;
    thread_start(t, ip, sp);
    return answer_words(0, 3);
}

static l4_msgtag_t op_switch(struct thread *t, struct invocation *call)
{
    struct thread *self = call->caller;
    scheduler_yield(self);
    if (t != self && t->state == THREAD_READY) {
        scheduler_remove(t);
        scheduler_add(t, true);
    }
    return answer(0);
}

static l4_msgtag_t op_register_deletion_irq(struct thread *t, struct invocation *call)
{
    struct argument irq = argument_object(call, 0, &irq_type, L4_CAP_W);
    if (!irq.object)
        return irq.error;
    if (t->state == THREAD_DEAD)
        return answer(-L4_EINVAL);
    if (t->deletion_irq && !t->deletion_irq->dead)
        return answer(-L4_EBUSY);
    if (t->deletion_irq)
        object_unpin(t->deletion_irq);
    object_pin(irq.object);
    t->deletion_irq = irq.object;
    return answer(0);
}

/* @label after the first of the groups (mask, match, clear, set) in @mr that matches it. */
static uint64_t modified(uint64_t label, const uint64_t *mr, unsigned groups)
{
    for (unsigned i = 0; i < groups; i++, mr += 4)
        if ((label & mr[0]) == mr[1])
            return (label & ~mr[2]) | mr[3];
    return label;
}

/* So that a label which names what is gone is not received any more (ABI 7.4). */
static l4_msgtag_t op_modify_senders(struct thread *t, struct invocation *call)
{
    unsigned groups = (call->words - 1) / 4;
    struct sender *s;
    list_for_each(s, &t->senders, node) {
        uint64_t *label = s->is_irq ? &container_of(s, struct irq, sender)->label
                                    : &container_of(s, struct thread, ipc.sender)->ipc.label;
        *label = modified(*label, &call->mr[1], groups);
    }
    return answer(0);
}

static l4_msgtag_t op_segment_base(struct thread *t, struct invocation *call)
{
    unsigned segment = call->mr[0] >> 16 & 0xffff;
    uint64_t base = call->mr[1];
    if (call->words < 2 || segment > 1 || !is_canonical(base))
        return answer(-L4_EINVAL);
    if (t == current)
        regs_set_segments(&t->regs, cpu_get_segments());
    if (segment == 0) {
        t->regs.fs_base = base;
        t->regs.fs = 0;
    } else {
        t->regs.gs_base = base;
        t->regs.gs = 0;
    }
    if (t == current)
        thread_load_segments(t);
    return answer(0);
}

static l4_msgtag_t op_segment_info(struct invocation *call)
{
    call->mr[0] = SEL_USER_DATA;
    call->mr[1] = SEL_USER_CODE;
    call->mr[2] = SEL_USER_CODE32;
    return answer_words(0, 3);
}

static l4_msgtag_t control(struct thread *t, struct invocation *call)
{
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    switch (call->mr[0] & L4_THREAD_OP_MASK) {
    case L4_THREAD_CONTROL:
        return op_control(t, call);
    case L4_THREAD_EX_REGS:
        return op_ex_regs(t, call);
    case L4_THREAD_SWITCH:
        return op_switch(t, call);
    case L4_THREAD_STATS:
        call->mr[0] = t->consumed_us;
        return answer_words(0, 1);
    case L4_THREAD_VCPU_RESUME:
        return vcpu_resume(t, call);
    case L4_THREAD_REGISTER_DEL_IRQ:
        return op_register_deletion_irq(t, call);
    case L4_THREAD_MODIFY_SENDERS:
        return op_modify_senders(t, call);
    case L4_THREAD_VCPU_CONTROL:
        return vcpu_control(t, call);
    case L4_THREAD_PF_TRAMPOLINE:
        return trampoline_op(t, call);
    case L4_THREAD_SEG_BASE:
        return op_segment_base(t, call);
    case L4_THREAD_SEG_INFO:
        return op_segment_info(call);
    default:
        return answer(-L4_ENOSYS);
    }
}

l4_msgtag_t thread_invoke(struct object *object, struct invocation *call)
{
    struct thread *t = container_of(object, struct thread, object);
    if (call->protocol == L4_PROTO_THREAD)
        return control(t, call);
    call->outcome = OUTCOME_TAKEN;
    ipc_send(call->caller, t);
    return answer(0);
}
