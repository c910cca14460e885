/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

#include "thread/exit.h"

/*
 * Threads of a native task. Each has a stack of its own with a guard below it that nothing else
 * can get, and a UTCB; the task's region manager is its pager.
 */

struct thread;

/** How thread_create() shall go about it. */
enum thread_flags {
    THREAD_SYNC = 1, /* return only after the new thread has called thread_started() */
};

/** What thread_create() shall make. */
struct thread_request {
    const char *name;    /* shown in dumps, 15 characters kept */
    unsigned priority;   /* 1..255, capped by the task's limit; 0: as the main thread */
    uint64_t stack_size; /* bytes; 0: the task's default */
    void (*entry)(void *argument);
    void *argument;
    unsigned flags; /* THREAD_* */
};

/** What is known about a thread. */
struct thread_info {
    char name[16];
    unsigned priority;
    uint64_t stack_start, stack_end;
    l4_cap_t cap; /* its kernel object; an empty slot when it has ended */
};

/**
 * Starts a thread. @thread names it until thread_join(). -ERR_ENOMEM (slots, UTCBs, stack, kernel
 * memory), -ERR_EINVAL no entry, -ERR_EDEAD with THREAD_SYNC: it ended without thread_started().
 */
long thread_create(const struct thread_request *request, struct thread **thread);

/** Tells the creator that waits with THREAD_SYNC to go on, and hands @pointer to it. */
void thread_started(void *pointer);

/** What @thread gave to thread_started(); null before. */
void *thread_startup_return(const struct thread *thread);

/** Ends the calling thread after its exit functions; in the main thread, the task with code 0. */
_Noreturn void thread_exit(void);

/** Has the calling thread run @f when it ends; last in, first out. */
void thread_on_exit(struct thread_exit_function *f);

/**
 * Ends @thread: whatever it does or waits for, it runs its exit functions now, on its own stack,
 * and ends. What it holds (locks, the C library's, too) only they can give back. Does not wait:
 * join it. Nothing happens if it is ending already.
 */
long thread_shutdown(struct thread *thread);

/**
 * Waits until @thread has ended and frees its stack. Every created thread must be joined once.
 * -ERR_EINVAL: the main thread or oneself.
 */
long thread_join(struct thread *thread);

/** The calling thread. */
struct thread *thread_self(void);

/** Name, priority and stack of @thread. */
void thread_describe(const struct thread *thread, struct thread_info *info);

/** Gives @thread, not ended, another priority, 1..255, capped by the task's limit. -ERR_EINVAL. */
long thread_set_priority(struct thread *thread, unsigned priority);

/** CPU time of @thread so far in microseconds, as exact as the kernel's tick. < 0: it has ended. */
long thread_cpu_us(const struct thread *thread, uint64_t *us);

/**
 * The thread after @thread in the list of all (null: the first); null at the end. Whoever walks the
 * list sees to it that nobody joins @thread meanwhile.
 */
struct thread *thread_next(struct thread *thread);

/** Sleeps for @us microseconds. */
void thread_sleep_us(uint64_t us);

/** Takes a key for thread data: 0..THREAD_KEYS-1. -ERR_ETOOMANY: all are taken. */
long thread_key_alloc(void);

/** Gives @key back: its values are gone in all threads. -ERR_EINVAL: not taken. */
long thread_key_release(unsigned key);

/** Sets the calling thread's value of @key. -ERR_EINVAL: not taken. */
long thread_data_set(unsigned key, void *value);

/** The calling thread's value of @key; null if it has set none. */
void *thread_data_get(unsigned key);

/**
 * How a C library gives threads their thread-local storage: @size bytes are set aside at the top of
 * each new stack, @init fills them and returns the value of the fs base.
 */
struct thread_tls {
    uint64_t size;
    uint64_t (*init)(void *memory);
};

/** Called once by the C library before other threads exist. @tls must stay. */
void thread_set_tls(const struct thread_tls *tls);
