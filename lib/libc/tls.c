/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled against musl's internal headers: the layout of its thread control block is its own. */
#include "pthread_impl.h"

#include "libc.h"
#include "stdio_impl.h"

#include "libc/backend.h"
#include "libc/tls.h"

int __set_thread_area(void *block)
{
    return (int)libc_set_fs_base(block);
}

/* Threads are made by lib/server and lib/thread, not by musl (pthread_create: EAGAIN). */
int __clone(int (*entry)(void *), void *stack, int flags, void *argument, ...)
{
    (void)entry;
    (void)stack;
    (void)flags;
    (void)argument;
    return -ENOSYS;
}

size_t libc_tls_size(void)
{
    return libc.tls_size;
}

/* From one thread to several: a one-way street. Standard streams were made without a lock. */
static void use_locks(void)
{
    FILE *const streams[] = { stdin, stdout, stderr };
    if (libc.threaded)
        return;
    for (unsigned i = 0; i < 3; i++)
        if (streams[i]->lock < 0)
            streams[i]->lock = 0;
    libc.threads_minus_1 = 1;
    libc.need_locks = 1;
    libc.threaded = 1;
}

uint64_t libc_tls_init(void *memory)
{
    static volatile int last_tid = 1; /* the main thread's: owners of locks are told apart by it */
    memset(memory, 0, libc.tls_size);
    pthread_t thread = __copy_tls(memory);
    thread->self = thread;
    thread->tid = a_fetch_add(&last_tid, 1) + 1;
    thread->detach_state = DT_DETACHED;
    thread->locale = &libc.global_locale;
    thread->robust_list.head = &thread->robust_list.head;
    thread->canary = __pthread_self()->canary;
    thread->next = thread->prev = thread;
    use_locks();
    return (uint64_t)(uintptr_t)TP_ADJ(thread);
}
