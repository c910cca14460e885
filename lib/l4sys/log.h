/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/ipc.h"

/**
 * Writes @size bytes of @text to the kernel console or a log session (vcon protocol, ABI 7.9),
 * in pieces of at most L4_LOG_WRITE_MAX bytes. No result: output must not stop anybody.
 */
static inline void l4_log_write(l4_cap_t log, const char *text, size_t size)
{
    struct l4_utcb *u = l4_utcb();
    while (size > 0) {
        size_t n = size < L4_LOG_WRITE_MAX ? size : L4_LOG_WRITE_MAX;
        u->mr[0] = L4_LOG_WRITE;
        u->mr[1] = n;
        __builtin_memcpy(&u->mr[2], text, n);
        l4_ipc_send(log, l4_msgtag(L4_PROTO_LOG, 2 + (unsigned)(n + 7) / 8, 0, L4_MSGTAG_SCHEDULE),
                    L4_NEVER);
        text += n;
        size -= n;
    }
}

/**
 * Takes up to @size bytes (at most L4_LOG_READ_MAX) that were typed on the kernel console; needs W.
 * How many, 0 if there are none, or a negative error. Pin 0 of @log as ICU says when to ask again.
 */
static inline long l4_log_read(l4_cap_t log, char *text, size_t size)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_LOG_READ | (uint64_t)size << 16;
    long error = l4_result(l4_ipc_call(log, l4_msgtag(L4_PROTO_LOG, 1, 0, 0), L4_NEVER));
    if (error < 0)
        return error;
    uint64_t count = u->mr[0] & 0xffff;
    if (count > size)
        count = size;
    __builtin_memcpy(text, &u->mr[1], count);
    return (long)count;
}

/** Gives the kernel object @object a name (15 characters kept) for dumps (ABI 7.10). */
static inline void l4_debugger_set_name(l4_cap_t debugger, l4_cap_t object, const char *name)
{
    struct l4_utcb *u = l4_utcb();
    char text[16] = {0};
    for (unsigned i = 0; i < 15 && name[i]; i++)
        text[i] = name[i];
    u->mr[0] = L4_DBG_SET_NAME;
    __builtin_memcpy(&u->mr[1], text, sizeof text);
    l4_put_cap(3, object);
    l4_ipc_call(debugger, l4_msgtag(L4_PROTO_DEBUGGER, 3, 1, 0), L4_NEVER);
}

/**
 * Enters the kernel debugger, which shows @text (up to 480 bytes); behind "*#" it is commands, done
 * without stopping (doc/debugging.md). Needs W. 0, -EPERM, -ENOSYS.
 */
static inline long l4_debugger_enter(l4_cap_t debugger, const char *text)
{
    enum { TEXT_MAX = 480 };
    struct l4_utcb *u = l4_utcb();
    unsigned size = 0;
    while (size < TEXT_MAX && text[size])
        size++;
    u->mr[0] = L4_DBG_ENTER;
    u->mr[1] = size;
    __builtin_memcpy(&u->mr[2], text, size);
    return l4_result(l4_ipc_call(debugger, l4_msgtag(L4_PROTO_DEBUGGER, 2 + (size + 7) / 8, 0, 0),
                                 L4_NEVER));
}

/** What the kernel counts for bench/, since the start (our own group 7). */
struct l4_counters {
    uint64_t entries;  /* from user mode, faults and interrupts included */
    uint64_t switches; /* of page tables */
    uint64_t faults;   /* page faults of user mode */
    uint64_t cleared;  /* pages the kernel has zeroed for itself */
    uint64_t idle;     /* cycles of the time stamp counter with nothing to run */
};

/** Reads them; the call itself is one entry. Needs W. */
static inline struct l4_counters l4_debugger_counters(l4_cap_t debugger)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = 0x701;
    l4_ipc_call(debugger, l4_msgtag(L4_PROTO_DEBUGGER, 1, 0, 0), L4_NEVER);
    return (struct l4_counters){u->mr[0], u->mr[1], u->mr[2], u->mr[3], u->mr[4]};
}

/** Has the kernel write its books to its console (contracts.md 4; our own group 7). Needs W. */
static inline void l4_debugger_books(l4_cap_t debugger)
{
    l4_utcb()->mr[0] = 0x700;
    l4_ipc_call(debugger, l4_msgtag(L4_PROTO_DEBUGGER, 1, 0, 0), L4_NEVER);
}
