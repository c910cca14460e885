/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/** What a static server can ask of, or give to, the start code and the output below its libc. */
#include <l4/kip.h>
#include <stddef.h>

/** Give the program an arena of @bytes for malloc (a multiple of 4096) in place of 1 MiB. */
#define LIBC_ARENA(bytes)                                      \
    char libc_arena[bytes] __attribute__((aligned(4096)));     \
    const size_t libc_arena_size = (bytes)
extern char libc_arena[];
extern const size_t libc_arena_size;

/** The kernel info page. */
const struct l4_kip *libc_kip(void);

/** Called before main(); the default does nothing. lib/server opens its sessions here. */
void server_start(void);

/**
 * Write one line, the line end included (or a piece of a line that is too long). The default
 * writes to the capability in slot TASK_CAP_LOG: the kernel console or a log session.
 */
void libc_write_line(const char *text, size_t size);
