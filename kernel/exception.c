/* SPDX-License-Identifier: BSD-2-Clause */
#include "exception.h"
#include "fault.h"
#include "print.h"
#include "string.h"
#include "thread.h"
#include "x86_64/cpu.h"
#include "x86_64/trap.h"

enum { USER_FLAGS = 0x240dd5 }; /* the rflags bits a handler decides: arithmetic, TF, DF, AC, ID */

enum { CALL_MARK = 0x80 }; /* in cs, while a system call is an exception (ABI 8.4) */

/* Nobody to call: the thread calls itself, which never ends (ABI 8.2), until cancelled. */
static void wait_for_ever(struct thread *t)
{
    kprintf("kernel: thread %lu \"%.16s\" blocked: exception %lx without a handler, error %lx, "
            "ip %lx, address %lx\n",
            t->object.id, t->object.name, t->regs.trap, t->regs.error, t->regs.rip,
            t->regs.fault_address);
    t->ipc.flags = L4_SYSF_CALL;
    t->ipc.label = t->ipc.rights = 0;
    t->ipc.timeouts = L4_NEVER;
    ipc_send(t, t);
}

void exception_raise(struct thread *t)
{
    if (vcpu_wants(t, L4_VCPU_F_EXCEPTIONS)) {
        vcpu_enter(t);
        return;
    }
    if (t->task->space.everything)
        panic("sigma0 raised exception %lx, error %lx, ip %lx", t->regs.trap, t->regs.error,
              t->regs.rip);
    if (t == current)
        regs_set_segments(&t->regs, cpu_get_segments());
    fault_begin_call(t);
    t->ipc.kind = IPC_EXCEPTION;
    t->ipc.tag = l4_msgtag(L4_PROTO_EXCEPTION, L4_EXC_WORDS, 0, L4_MSGTAG_TRANSFER_FPU);
    if (!fault_call(t, t->exc_handler))
        wait_for_ever(t);
}

void exception_of_call(struct thread *t, bool after)
{
    struct l4_exc_regs *r = &t->regs;
    r->rcx = r->r8;
    r->cs |= CALL_MARK;
    r->trap = TRAP_CALL;
    r->error = after;
    exception_raise(t);
}

/* A short answer has left the mark of a system call in cs: the CPU would not take that. */
static void refuse_mark(struct thread *t)
{
    t->regs.trap = TRAP_GENERAL_PROTECTION;
    t->regs.error = t->regs.cs & ~3ull;
    t->regs.cs &= ~(uint64_t)CALL_MARK;
    exception_raise(t);
}

void exception_replied(struct thread *t)
{
    fault_end_call(t);
    if (t->ipc.error)
        t->regs.cs &= ~(uint64_t)CALL_MARK;
    else if (t->mode & MODE_ALIEN && l4_msgtag_label(t->ipc.result) == L4_PROTO_ALLOW_SYSCALL)
        t->mode |= MODE_ALLOWED;
    if (t->regs.cs & CALL_MARK)
        refuse_mark(t);
}

const uint64_t *exception_message(struct thread *t)
{
    return (const uint64_t *)&t->regs;
}

/* A data segment selector that user mode might have loaded itself: 0 for any other. */
static uint16_t loadable(uint16_t selector)
{
    unsigned index = selector >> 3;
    bool user = index >= SEL_USER_CODE32 >> 3 && index <= SEL_USER_CODE >> 3;
    return user ? (uint16_t)(index << 3 | 3) : 0;
}

/* A base address the CPU accepts: what is not canonical is replaced by @old. */
static uint64_t base_or(uint64_t base, uint64_t old)
{
    return is_canonical(base) ? base : old;
}

void exception_clean_segments(struct l4_exc_regs *r, uint64_t fs_base, uint64_t gs_base)
{
    r->fs_base = base_or(r->fs_base, fs_base);
    r->gs_base = base_or(r->gs_base, gs_base);
    const union cpu_segments usual = {{SEL_USER_DATA, SEL_USER_DATA, 0, 0}};
    uint64_t all = regs_segments(r).all;
    if (all == 0 || all == usual.all)
        return;
    for (uint16_t *selector = &r->ds; selector <= &r->gs; selector++)
        *selector = loadable(*selector);
}

uint64_t exception_clean_flags(uint64_t rflags)
{
    return (rflags & USER_FLAGS) | RFLAGS_RESERVED | RFLAGS_IF;
}

void exception_load_frame(struct l4_exc_regs *r, const struct l4_exc_regs *wanted)
{
    memcpy(r, wanted, offsetof(struct l4_exc_regs, fs_base));
    r->cs = (r->cs & ~(uint64_t)CALL_MARK) == SEL_USER_CODE32 ? SEL_USER_CODE32 : SEL_USER_CODE;
    r->ss = SEL_USER_DATA;
    r->rflags = exception_clean_flags(r->rflags);
    bool by_sysret = r->rcx == r->rip && r->r11 == r->rflags && r->cs == SEL_USER_CODE;
    r->trap = by_sysret ? TRAP_SYSCALL : TRAP_VCPU_MESSAGE;
}

void exception_set_regs(struct thread *t, const uint64_t *message)
{
    struct l4_exc_regs *r = &t->regs, old = *r;
    memcpy(r, message, sizeof *r);
    r->cs = old.cs & ~(uint64_t)CALL_MARK;
    r->ss = old.ss;
    r->trap = old.trap;
    r->error = old.error;
    r->rflags = exception_clean_flags(r->rflags);
    if (old.trap == TRAP_RAISED)
        memcpy(&r->fs_base, &old.fs_base, sizeof old - offsetof(struct l4_exc_regs, fs_base));
    exception_clean_segments(r, old.fs_base, old.gs_base);
    if (t == current)
        thread_load_segments(t);
}
