/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

#define SERVER_THREAD_STACK (32 * 1024)

/** A further thread of a server, with all of libc but pthread_exit and pthread_join. */
struct server_thread {
    const char *name;
    unsigned number;   /* 1..15: which UTCB; each thread of the server its own */
    unsigned priority; /* 1..255 */
    void (*entry)(void);
    /* the rest is filled in */
    l4_cap_t cap;
    _Alignas(64) unsigned char tls[2048];
    _Alignas(64) unsigned char stack[SERVER_THREAD_STACK];
};

/** Makes the kernel thread, not running yet: @thread->cap is valid. Errors of the kernel. */
long server_thread_make(struct server_thread *thread);

/**
 * Its page faults and exceptions become messages to @gate. Before it runs.
 */
long server_thread_faults_to(struct server_thread *thread, l4_cap_t gate);

/** Stops it wherever it is, in a call too, and starts it at @entry with an empty stack. */
void server_thread_restart(struct server_thread *thread, void (*entry)(void));

/** Starts it at @thread->entry. */
long server_thread_run(struct server_thread *thread);
