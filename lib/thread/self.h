/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>

#include "l4sys/ipc.h"
#include "thread/thread.h"

enum thread_state { THREAD_FREE, THREAD_USED };

/** Control block of a thread; user word 0 of its UTCB points to it. */
struct thread {
    _Atomic int state; /* who sets it from free to used owns the block */
    l4_cap_t cap;
    l4_cap_t gate;  /* pager gate; also for calls to the region manager */
    l4_cap_t ended; /* kernel semaphore, raised when the thread is gone; 0: main thread */
    struct l4_utcb *utcb;
    uint64_t stack_start, stack_end;
    unsigned priority;
    uint64_t fs_base; /* 0: none */
    void (*entry)(void *argument);
    void *argument;
    char name[16];
};

/** Control block of the calling thread. */
static inline struct thread *self(void)
{
    return (struct thread *)l4_utcb()->user[0];
}

/** Makes the control block of the main thread; its gate is not known yet. */
struct thread *thread_init_main(uint64_t stack_start, uint64_t stack_end, unsigned priority);
