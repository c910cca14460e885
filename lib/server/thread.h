/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

#define SERVER_THREAD_STACK (32 * 1024)

/**
 * A second thread of a server. World: its memory is mapped like all of the server's; it has a block
 * of zeros where libc expects thread-local storage, so errno and snprintf work, but not malloc or
 * stdio, which belong to the main thread.
 */
struct server_thread {
    const char *name;
    unsigned number;   /* 1..15: which UTCB; each thread of the server its own */
    unsigned priority; /* 1..255 */
    void (*entry)(void);
    /* the rest is filled in */
    l4_cap_t cap;
    _Alignas(64) unsigned char tls[1024];
    _Alignas(64) unsigned char stack[SERVER_THREAD_STACK];
};

/** Makes the kernel thread, not running yet: @thread->cap is valid. Errors of the kernel. */
long server_thread_make(struct server_thread *thread);

/** Starts it at @thread->entry. */
long server_thread_run(struct server_thread *thread);
