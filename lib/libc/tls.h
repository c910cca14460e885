/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * Thread-local storage for threads that are not musl's own: those of lib/server and lib/thread.
 * Such a thread may use all of libc (errno, malloc, stdio) but not pthread_exit or pthread_join.
 */
#include <stddef.h>
#include <stdint.h>

/** Bytes to set aside for one thread, alignment included. After libc has started. */
size_t libc_tls_size(void);

/**
 * Fill in @memory (libc_tls_size() bytes, any alignment) for a new thread. Returns the value for
 * its fs base. From now on the C library takes its locks. Any thread that has its own may call.
 */
uint64_t libc_tls_init(void *memory);
