/* SPDX-License-Identifier: BSD-2-Clause */
#include "counters.h"
#include "exception.h"
#include "fault.h"
#include "gate.h"
#include "io_space.h"
#include "irq.h"
#include "print.h"
#include "scheduler.h"
#include "switch.h"
#include "thread.h"
#include "thread_ops.h"
#include "x86_64/cpu.h"
#include "x86_64/trap.h"

enum { COST_RESUME = 100 };

struct thread *current;

SLAB(threads, "thread", sizeof(struct thread));

struct thread *thread_create(struct quota *quota)
{
    struct thread *t = object_create(&thread_type, quota);
    if (!t)
        return NULL;
    list_init(&t->ready);
    list_init(&t->waiting);
    list_init(&t->senders);
    list_init(&t->gates);
    list_init(&t->irqs);
    list_init(&t->ipc.sender.node);
    list_init(&t->timeout.node);
    list_init(&t->doomed);
    fpu_init(&t->fpu);
    t->regs.cs = SEL_USER_CODE;
    t->regs.ss = SEL_USER_DATA;
    t->regs.ds = t->regs.es = SEL_USER_DATA;
    t->regs.rflags = RFLAGS_RESERVED | RFLAGS_IF;
    t->pager = t->exc_handler = THREAD_NO_SELECTOR;
    t->priority = 1;
    t->quantum_us = t->slice_us = SCHEDULER_QUANTUM_US;
    return t;
}

bool thread_bind(struct thread *t, struct task *task, uaddr_t utcb)
{
    struct l4_utcb *kernel_utcb = task_ku_address(task, utcb, sizeof(struct l4_utcb));
    if (t->task || utcb.raw % 8 || !kernel_utcb || task->object.dead || t->state == THREAD_DEAD)
        return false;
    object_pin(&task->object);
    task->threads++;
    t->task = t->here = task;
    t->utcb = kernel_utcb;
    t->utcb->self = utcb.raw;
    t->regs.gs_base = utcb.raw + L4_UTCB_GS_OFFSET;
    return true;
}

void thread_run_if_complete(struct thread *t)
{
    if (t->state == THREAD_STOPPED && t->task && t->scheduled && t->started)
        thread_wake(t, false);
}

void thread_start(struct thread *t, uint64_t ip, uint64_t sp)
{
    if (ip != ~0ull)
        t->regs.rip = ip;
    if (sp != ~0ull)
        t->regs.rsp = sp;
    t->started = true;
    thread_run_if_complete(t);
}

void thread_wake(struct thread *t, bool first)
{
    if (t->state == THREAD_READY || t->state == THREAD_DEAD)
        return;
    t->state = THREAD_READY;
    scheduler_add(t, first);
}

void thread_block(struct thread *t, enum thread_state state)
{
    if (t->state == THREAD_READY)
        scheduler_remove(t);
    t->state = state;
}

const char *thread_state_name(const struct thread *t)
{
    static const char *const names[] = {"stopped", "ready", "sending", "receiving", "down", "dead"};
    return names[t->state];
}

const struct object_type thread_type = {"thread", &threads, thread_invoke, thread_destroy, NULL,
                                       thread_stop};

/* An exception that the kernel, not the CPU, finds. */
__attribute__((noinline))
static void raise(struct thread *t, unsigned trap)
{
    t->regs.trap = trap;
    t->regs.error = 0;
    exception_raise(t);
}

/* An ip with which the CPU would fault while still in the kernel. */
__attribute__((noinline))
static bool raise_if_wild(struct thread *t)
{
    bool wild = !is_canonical(t->regs.rip);
    if (wild)
        raise(t, TRAP_GENERAL_PROTECTION);
    return wild;
}

void thread_load_segments(const struct thread *t)
{
    cpu_set_segments(regs_segments(&t->regs));
    cpu_write_msr(MSR_FS_BASE, t->regs.fs_base);
    cpu_write_msr(MSR_GS_BASE, t->regs.gs_base);
}

void thread_copy_fpu(struct thread *from, struct thread *to)
{
    static struct fpu gone; /* what the CPU held before */
    if (from == current)
        fpu_switch(&from->fpu, &from->fpu);
    to->fpu = from->fpu;
    if (to == current)
        fpu_switch(&gone, &to->fpu);
}

void thread_set_mode(struct thread *t, unsigned clear, unsigned set)
{
    t->mode = (uint8_t)((t->mode & ~clear) | set);
    t->todo = (uint8_t)((t->todo & ~TODO_TRAPPED) | (t->mode & MODE_TRAPPED ? TODO_TRAPPED : 0));
}

void thread_entered(struct thread *t)
{
    syscall_handler = syscall_plain;
    if (t->mode & MODE_NO_FPU)
        cpu_allow_fpu();
}

void thread_move(struct thread *t, struct task *task)
{
    t->here = task;
    if (t != current)
        return;
    thread_load_segments(t);
    if (task->io_bitmap != io_shown)
        io_show(task);
    space_load(&task->space);
}

static inline void load(struct thread *t)
{
    static struct thread nobody;
    switch_thread(unlikely(!current) ? &nobody : current, t);
}

/* Carries on with what the kernel does in the name of @t. True: @t is to run, trapped. */
__attribute__((noinline))
static bool resume(struct thread *t)
{
    unsigned todo = t->todo;
    work_pause(COST_RESUME);
    if (todo & TODO_REAP) {
        thread_reap(t);
    } else if (todo & TODO_WORK) {
        work_carry_on(t);
    } else if (todo & TODO_FAULT_REPLY) {
        t->todo &= (uint8_t)~TODO_FAULT_REPLY;
        fault_replied(t);
    } else if (todo & TODO_EXCEPTION_REPLY) {
        t->todo &= (uint8_t)~TODO_EXCEPTION_REPLY;
        exception_replied(t);
    } else if (todo & TODO_CALL_DONE) {
        t->todo &= (uint8_t)~TODO_CALL_DONE;
        exception_of_call(t, true);
    } else if (todo & TODO_RAISE) {
        t->todo &= (uint8_t)~TODO_RAISE;
        raise(t, TRAP_RAISED);
    } else if (todo & TODO_VCPU_EVENT) {
        t->todo &= (uint8_t)~TODO_VCPU_EVENT;
        vcpu_take_event(t);
    } else if (!raise_if_wild(t)) {
        return true;
    }
    return false;
}

__attribute__((noinline))
void thread_load(struct thread *t)
{
    if (t != current)
        load(t);
}

/* @t, which has MODE_TRAPPED, is what user mode runs until thread_entered(). */
__attribute__((noinline))
static void load_trapped(struct thread *t)
{
    thread_load(t);
    syscall_handler = syscall_trapped;
    if (t->mode & MODE_NO_FPU)
        cpu_forbid_fpu();
}

struct l4_exc_regs *kernel_leave(void)
{
    for (;;) {
        struct thread *next = scheduler_pick();
        if (!next) {
            counters.idle -= cpu_tsc();
            cpu_idle();
        }
        if (next->todo) {
            if (!resume(next))
                continue;
            load_trapped(next);
            return &next->regs;
        }
        if (next->regs.rip >> 47 && raise_if_wild(next))
            continue;
        if (next != current)
            load(next);
        return &next->regs;
    }
}
