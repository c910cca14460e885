/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * Threads of a native task. Each has a stack of its own with a guard page below it, a UTCB, and a
 * pager gate at the task's region manager.
 */

struct thread;

#define THREAD_MAX 64 /* threads of a task at a time, the main thread included */

/** What thread_create() shall make. */
struct thread_request {
    const char *name;    /* shown in dumps, 15 characters kept */
    unsigned priority;   /* 1..255, capped by the task's limit; 0: as the main thread */
    uint64_t stack_size; /* bytes; 0: the task's default */
    void (*entry)(void *argument);
    void *argument;
};

/** What is known about a thread. */
struct thread_info {
    char name[16];
    unsigned priority;
    uint64_t stack_start, stack_end;
    l4_cap_t cap; /* its kernel object */
};

/**
 * Starts a thread. @thread names it until thread_join(). -ERR_ETOOMANY, -ERR_ENOMEM (slots, stack,
 * kernel memory), -ERR_EINVAL no entry.
 */
long thread_create(const struct thread_request *request, struct thread **thread);

/** Ends the calling thread; in the main thread, the task with code 0. */
_Noreturn void thread_exit(void);

/** Waits until @thread has ended and forgets it. Every created thread must be joined once. */
long thread_join(struct thread *thread);

/** The calling thread. */
struct thread *thread_self(void);

/** Name, priority and stack of @thread. */
void thread_describe(const struct thread *thread, struct thread_info *info);

/** The thread after @thread in the list of all (null: the first); null at the end. */
struct thread *thread_next(struct thread *thread);

/** Sleeps for @us microseconds. */
void thread_sleep_us(uint64_t us);

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
