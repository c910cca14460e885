/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>

#include "debugger_trace.h"
#include "exception.h"
#include "fault.h"
#include "gate.h"
#include "mapping.h"
#include "print.h"
#include "thread.h"

enum { ERROR_PRESENT = 1, ERROR_WRITE = 2, ERROR_FETCH = 16 };

void fault_begin_call(struct thread *t)
{
    struct l4_utcb *u = t->utcb;
    t->saved = (struct saved_utcb){{u->mr[0], u->mr[1]}, u->bdr, {u->br[0], u->br[1]}};
    u->bdr = L4_BDR_FPU;
    u->br[0] = L4_RCV_MAP;
    u->br[1] = l4_fpage_all().raw;
}

void fault_end_call(struct thread *t)
{
    struct l4_utcb *u = t->utcb;
    u->mr[0] = t->saved.mr[0];
    u->mr[1] = t->saved.mr[1];
    u->bdr = t->saved.bdr;
    u->br[0] = t->saved.br[0];
    u->br[1] = t->saved.br[1];
    t->ipc.kind = IPC_SYSCALL;
}

bool fault_call(struct thread *t, uint64_t selector)
{
    struct cap *cap = task_cap(t->task, selector);
    struct gate *gate = cap ? gate_of(cap->object) : NULL;
    if (!cap || (!gate && cap->object->type != &thread_type))
        return false;
    t->ipc.flags = L4_SYSF_CALL;
    t->ipc.rights = cap->rights & (L4_CAP_W | L4_CAP_S);
    t->ipc.label = 0;
    t->ipc.timeouts = L4_NEVER;
    if (gate)
        ipc_send_gate(t, gate);
    else
        ipc_send(t, container_of(cap->object, struct thread, object));
    if (unlikely(trace_on))
        trace_kernel_call(t);
    return true;
}

static uint64_t fault_word(const struct thread *t)
{
    uint64_t error = t->regs.error;
    return (t->regs.fault_address & ~7ull) | (error & ERROR_PRESENT) | (error & ERROR_WRITE)
           | (error & ERROR_FETCH ? 4 : 0);
}

void fault_page(struct thread *t)
{
    uint64_t page = align_down(t->regs.fault_address, PAGE_SHIFT);
    if (t->task->space.everything) {
        struct slot slot;
        if (page >= USER_END || !mapping_lookup(&t->task->space, page, &slot))
            panic("sigma0 faults at %lx, ip %lx", t->regs.fault_address, t->regs.rip);
        return;
    }
    if (t->mode & MODE_TRAMPOLINE) {
        trampoline_enter(t, fault_word(t));
        return;
    }
    if (t->mode & MODE_ALIEN) {
        t->mode &= (uint8_t)~MODE_ALLOWED;
        exception_raise(t);
        return;
    }
    fault_begin_call(t);
    t->utcb->mr[0] = fault_word(t);
    t->utcb->mr[1] = t->regs.rip;
    t->ipc.kind = IPC_PAGE_FAULT;
    t->ipc.tag = l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0);
    if (t->task->object.dead || !fault_call(t, t->pager)) {
        fault_end_call(t);
        thread_condemn(t, "page fault without a pager");
    }
}

void fault_replied(struct thread *t)
{
    fault_end_call(t);
    bool refused = t->ipc.error ? t->ipc.error == L4_IPC_ENOT_EXISTENT
                                : l4_msgtag_label(t->ipc.result) < 0;
    if (refused)
        exception_raise(t);
}
