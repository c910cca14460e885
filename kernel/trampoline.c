/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "exception.h"
#include "invocation.h"
#include "string.h"
#include "thread.h"
#include "trampoline.h"
#include "x86_64/trap.h"

void trampoline_enter(struct thread *t, uint64_t word)
{
    struct l4_pf_trampoline *area = t->trampoline.area;
    struct l4_exc_regs *r = &t->regs;
    memcpy(area->frame, r, sizeof area->frame);
    area->saved_mr0 = t->utcb->mr[0];
    area->flags |= L4_PF_IN_PROGRESS;
    r->rip = area->handler_ip;
    r->rdi = t->trampoline.address;
    r->rsi = word;
    thread_set_mode(t, MODE_TRAMPOLINE, 0);
}

static l4_msgtag_t setup(struct thread *t, struct invocation *call)
{
    uaddr_t address = {call->mr[1]};
    struct l4_pf_trampoline *area = NULL;
    if (t->task && call->words >= 2 && address.raw % 8 == 0)
        area = task_ku_address(t->task, address, sizeof *area);
    if (!area)
        return answer(-L4_EINVAL);
    t->trampoline = (struct trampoline){area, address.raw};
    thread_set_mode(t, 0, MODE_TRAMPOLINE);
    return answer(0);
}

/* Out of its handler @t returns to where it faulted, or has an exception there. */
static l4_msgtag_t leave(struct thread *t, struct invocation *call, bool reflect)
{
    struct l4_pf_trampoline *area = t->trampoline.area;
    const struct l4_exc_regs *frame = (const struct l4_exc_regs *)(const void *)area->frame;
    uint64_t fault_address = frame->fault_address, error = frame->error;
    bool raise = area->flags & L4_PF_RAISE_AFTERWARDS;
    if (t != call->caller)
        return answer(-L4_EINVAL);
    call->outcome = OUTCOME_TAKEN;
    t->ipc.kind = IPC_SYSCALL;
    area->flags &= reflect ? ~(uint64_t)L4_PF_IN_PROGRESS
                           : ~(uint64_t)(L4_PF_IN_PROGRESS | L4_PF_RAISE_AFTERWARDS);
    t->utcb->mr[0] = area->saved_mr0;
    exception_load_frame(&t->regs, frame);
    thread_set_mode(t, 0, MODE_TRAMPOLINE);
    if (reflect) {
        t->regs.trap = TRAP_PAGE_FAULT;
        t->regs.error = error;
        t->regs.fault_address = fault_address;
        exception_raise(t);
    } else if (raise) {
        t->todo |= TODO_RAISE;
    }
    return answer(0);
}

l4_msgtag_t trampoline_op(struct thread *t, struct invocation *call)
{
    unsigned op = call->mr[0] & ~(uint64_t)L4_THREAD_OP_MASK & 0xffffffff;
    if (op == L4_PF_SETUP)
        return setup(t, call);
    if (!t->trampoline.area)
        return answer(-L4_EINVAL);
    if (op == L4_PF_RESUME || op == L4_PF_REFLECT)
        return leave(t, call, op == L4_PF_REFLECT);
    if (op != L4_PF_DISABLE && op != L4_PF_ENABLE)
        return answer(-L4_ENOSYS);
    call->mr[0] = (t->mode & MODE_TRAMPOLINE) != 0;
    thread_set_mode(t, MODE_TRAMPOLINE, op == L4_PF_ENABLE ? MODE_TRAMPOLINE : 0);
    return answer_words(0, op == L4_PF_DISABLE);
}
