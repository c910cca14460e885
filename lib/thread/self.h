/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>

#include "l4sys/ipc.h"
#include "thread/exit.h"
#include "thread/keys.h"
#include "thread/thread.h"

/**
 * Control block of a thread; user word 0 of its UTCB points to it. It lies at the top of the
 * thread's stack, so both go together when the thread is joined.
 */
struct thread {
    struct thread *previous, *next; /* of the list of all; the thread list's lock */
    bool leaving;                   /* runs its exit functions; the thread list's lock */
    _Atomic bool awaited;           /* its creator waits for thread_started() */
    l4_cap_t cap;
    l4_cap_t gate;  /* to the region manager: pager and for calls */
    l4_cap_t ended; /* kernel semaphore, raised when the thread is gone; 0: main thread */
    struct l4_utcb *utcb;
    uint64_t stack_start, stack_end;
    unsigned priority;
    void *handed; /* what it gave to thread_started() */
    struct thread_exit_function *at_exit;
    struct key_values data;
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

/*
 * The lock of the list of all threads and of everything else here that must not be left half done:
 * while one holds it, nobody can shut it down. For some microseconds, never across a wait.
 */
void thread_list_lock(void);
void thread_list_unlock(void);
