/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/utcb.h>

#include "ipc.h"
#include "object.h"
#include "reply.h"
#include "task.h"
#include "timeout.h"
#include "trampoline.h"
#include "vcpu.h"
#include "work.h"
#include "x86_64/cpu.h"
#include "x86_64/fpu.h"

enum thread_state {
    THREAD_STOPPED,   /* not bound, no CPU yet, or never started */
    THREAD_READY,     /* known to the scheduler */
    THREAD_SENDING,   /* on the queue of a thread or gate */
    THREAD_RECEIVING, /* waits for a message, or sleeps */
    THREAD_DOWN,      /* on the queue of a semaphore */
    THREAD_DEAD,
};

/** What the kernel still has to do before the thread runs in user mode; see thread_resume(). */
enum {
    TODO_FAULT_REPLY = 1,     /* the pager's answer is there */
    TODO_EXCEPTION_REPLY = 2, /* the exception handler's answer is there */
    TODO_RAISE = 4,           /* ex_regs asked for exception 0xff */
    TODO_VCPU_EVENT = 8,      /* a message came for a vCPU that could not take it at once */
    TODO_CALL_DONE = 0x10,    /* the call that an alien was allowed to make is through */
    TODO_TRAPPED = 0x20,      /* stays as long as MODE_TRAPPED */
    TODO_REAP = 0x40,         /* what it has killed has to be destroyed */
    TODO_WORK = 0x80,         /* to carry on with its `work` */
};

/** What is special about a thread; 0 for most. */
enum {
    MODE_VCPU = 1,      /* has a state area */
    MODE_VCPU_USER = 2, /* ... and is in user mode: runs in vcpu.user_task */
    MODE_NO_FPU = 4,    /* ... where using the FPU is an exception */
    MODE_ALIEN = 8,     /* ABI 8.4 */
    MODE_ALLOWED = 0x10,/* ... whose next system call is carried out */
    MODE_TRAMPOLINE = 0x20, /* the next page fault goes to its own handler */
    MODE_TRAPPED = MODE_VCPU_USER | MODE_ALIEN, /* system calls are exceptions */
};

/** MRs and BRs set aside while the kernel makes a call in the thread's name (ABI 8.1, 8.2). */
struct saved_utcb {
    uint64_t mr[2], bdr, br[2];
};

struct thread {
    struct object object;
    uint64_t pad;            /* see THREAD_FRAME_TOP */
    struct l4_exc_regs regs; /* user registers; entry.S pushes them here, from ss downwards */
    struct fpu fpu;

    struct task *task;       /* pinned; NULL: not bound yet */
    struct task *here;       /* where it runs: `task`, or its vCPU's user task */
    struct l4_utcb *utcb;    /* kernel address, inside ku_mem of the task */
    uint64_t pager;          /* selectors in the task's table */
    uint64_t exc_handler;

    enum thread_state state;
    bool scheduled, started; /* READY needs both, and a task */
    uint8_t todo;            /* TODO_* */
    uint8_t mode;            /* MODE_* */
    uint8_t priority;
    int64_t slice_us;        /* rest of the time slice */
    int64_t quantum_us;
    uint64_t consumed_us;    /* for the statistics */
    struct list ready;       /* READY: on the list of its priority, see scheduler.c */
    struct list waiting;     /* DOWN: on the semaphore's queue */

    struct ipc ipc;
    struct saved_utcb saved; /* while ipc.kind is not IPC_SYSCALL */
    struct list senders;     /* who waits to send to this thread */
    struct reply_slot reply; /* the implicit slot */
    struct timeout timeout;  /* running only while it waits */

    struct list gates, irqs; /* bound to this thread */
    struct object *deletion_irq; /* pinned; triggered when a bound gate is deleted */
    struct vcpu vcpu;        /* if MODE_VCPU */
    struct trampoline trampoline;
    struct work work;        /* how far its system call is, if that may take long */
    struct list doomed;      /* objects that it has killed: destroyed before it goes on */
};

/* The CPU aligns the stack to 16 bytes before it pushes ss, the last field of the user frame. */
#define THREAD_FRAME_TOP (offsetof(struct thread, regs) + offsetof(struct l4_exc_regs, fs_base))
_Static_assert(THREAD_FRAME_TOP % 16 == 0, "the frame must lie where the CPU pushes it");
_Static_assert(offsetof(struct thread, fpu) % 64 == 0, "xsave wants 64-byte alignment");

#define THREAD_NO_SELECTOR 0xfffffffffffff000ull /* pager or handler never set */

/** The selectors kept in @r. */
static inline union cpu_segments regs_segments(const struct l4_exc_regs *r)
{
    return (union cpu_segments){{r->ds, r->es, r->fs, r->gs}};
}

static inline void regs_set_segments(struct l4_exc_regs *r, union cpu_segments s)
{
    r->ds = s.ds;
    r->es = s.es;
    r->fs = s.fs;
    r->gs = s.gs;
}

/** The thread whose registers and FPU state are loaded; NULL after its death. */
extern struct thread *current;

extern const struct object_type thread_type;

struct thread *thread_create(struct quota *quota);

/** True for a UTCB address that lies in ku_mem of @task; then the thread is bound. Only once. */
bool thread_bind(struct thread *t, struct task *task, uaddr_t utcb);

/** Sets ip and sp (~0: keep) and starts a thread that never ran. */
void thread_start(struct thread *t, uint64_t ip, uint64_t sp);

/** Makes it READY if nothing is missing any more. */
void thread_run_if_complete(struct thread *t);

/** It becomes READY: @first puts it before its peers. */
void thread_wake(struct thread *t, bool first);

/** It stops running to wait in @state. */
void thread_block(struct thread *t, enum thread_state state);

/** Kills the thread for something it did itself, with a line on the console that says why. */
void thread_condemn(struct thread *t, const char *why);

/** Killed or condemned: from now on it does nothing. */
void thread_stop(struct object *object);

/** Cuts all ties of the dead thread; pauses. */
void thread_destroy(struct object *object);

/** It dies, but is not deleted: its capabilities stay valid. */
void thread_die(struct thread *t);

/** Destroys what @t has killed; pauses. */
void thread_reap(struct thread *t);

/**
 * Where those objects go that are killed now: to the list of the thread that runs, or, if there is
 * none, because it killed itself, to that of its heir, a thread of the kernel's own.
 */
struct list *thread_doomed(void);

/** @t, which runs, begins (again) with something that can be interrupted and carried on. */
static inline void thread_begin_work(struct thread *t, enum work_kind kind)
{
    t->work.kind = kind;
    t->todo |= TODO_WORK;
}

/** It is done, or is to be begun anew. */
static inline void thread_end_work(struct thread *t)
{
    t->todo &= (uint8_t)~TODO_WORK;
    t->work.item = 0;
    t->work.done = 0;
    t->work.count = 0;
    t->work.partner = 0;
}

/** Makes the system call of @t, which is `current`, again. */
void syscall_again(struct thread *t);

/** Ends a request of @t to an object with @result. */
void syscall_answer(struct thread *t, l4_msgtag_t result);

/** Makes @t `current`. */
void thread_load(struct thread *t);

/** Loads selectors and bases of @t, which is `current`. */
void thread_load_segments(const struct thread *t);

/** From now on @t runs in the address space of @task, with the segments in its registers. */
void thread_move(struct thread *t, struct task *task);

/** Clears, then sets MODE_* bits. */
void thread_set_mode(struct thread *t, unsigned clear, unsigned set);

/** @t, which has MODE_TRAPPED perhaps, enters the kernel: this undoes what it ran with. */
void thread_entered(struct thread *t);

/** @to gets the FPU state of @from. */
void thread_copy_fpu(struct thread *from, struct thread *to);

const char *thread_state_name(const struct thread *t);

/** Reaps, schedules, resumes: returns the user frame that entry.S shall load. */
struct l4_exc_regs *kernel_leave(void);

/** Empties the slot; the caller waits on. */
static inline void reply_clear(struct reply_slot *slot)
{
    if (slot->caller)
        slot->caller->ipc.held_in = NULL;
    slot->caller = NULL;
}

/** Takes @caller out of the slot that holds it, if any: it no longer waits for that reply. */
static inline void reply_forget(struct thread *caller)
{
    if (caller->ipc.held_in)
        reply_clear(caller->ipc.held_in);
}

/** Stores @caller; a former caller is forgotten and waits on. */
static inline void reply_store(struct reply_slot *slot, struct thread *caller, unsigned rights)
{
    reply_clear(slot);
    slot->caller = caller;
    slot->rights = rights;
    caller->ipc.held_in = slot;
}
