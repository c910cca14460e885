/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "mapping.h"

struct thread;

/*
 * Long operations and interrupts. The kernel has one stack and runs with interrupts off. Whatever
 * user code can make long therefore lets them in between small pieces: work_pause(). If one comes,
 * the stack is given up, as in the idle loop, and whoever was at work carries on when the scheduler
 * picks it again. So at each pause all invariants hold, and what is still to be done is written
 * down: in the data themselves, in a thread's struct work, or on a list of dead objects.
 */

/** Instructions between two pauses, about. doc/kernel.md states the bound that follows. */
enum { WORK_BUDGET = 8000 };

/** What is left of it. */
extern long work_budget;

/** True in a pause, when an interrupt hits the kernel; it clears that. */
extern bool work_is_paused;

void work_let_interrupts_in(void);

/** @t goes on with what it was doing when it was interrupted. */
void work_carry_on(struct thread *t);

/** @cost instructions, about, have been spent. Does not return if an interrupt comes. */
static inline void work_pause(long cost)
{
    work_budget -= cost;
    if (unlikely(work_budget < 0))
        work_let_interrupts_in();
}

/** How a thread carries on with what was interrupted. */
enum work_kind {
    WORK_SYSCALL, /* the system call is made again, with what is done left out */
    WORK_UNMAP,   /* task.c: it was unmapping flexpages */
    WORK_SEND,    /* ipc.c: as WORK_SYSCALL, but it was sending, which can be cancelled */
    WORK_RECEIVE, /* ipc.c: its receive phase is made again */
    WORK_CANCELLED, /* its IPC was cancelled; only `unmapping` is still to be done */
};

/** How far a thread has come with what it asks the kernel for; all zero between two requests. */
struct work {
    enum work_kind kind;
    unsigned item;              /* items or flexpages that are done */
    uint64_t done;              /* of the current one: bytes or capabilities */
    map_count_t count;          /* what mapping it has yielded so far */
    uint64_t partner;           /* WORK_SEND, WORK_RECEIVE: id of whom all this is about */
    struct task *task;          /* WORK_UNMAP: where; pinned */
    struct unmapping unmapping; /* under way, or none */
};
