/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * What stands below our system-call layer. lib/libc/server/ implements it for static servers (a
 * fixed arena, the log capability), lib/libc/task/ for libc.so (libloader.so's region manager,
 * threads and log session).
 */
#include <stddef.h>
#include <stdint.h>

/** Standard output and error: bytes in order, any length, lines not necessarily complete. */
void libc_output(const char *text, size_t size);

/** Standard input: waits for up to @size bytes. How many; 0 at its end; -EIO. */
long libc_input(char *text, size_t size);

/** Zeroed, writable, page-aligned memory of @size bytes (a multiple of 4096); null: none left. */
void *libc_map(size_t size);

/** Give back whole pages of what libc_map returned. 0 or a negative errno. */
long libc_unmap(void *memory, size_t size);

/** End the program. @code as given to exit(). */
_Noreturn void libc_exit(int code);

/** Microseconds of the kernel clock. */
uint64_t libc_clock_us(void);

/** Let other threads run for @us microseconds. */
void libc_sleep_us(uint64_t us);

/** Set the calling thread's fs base. 0 or a negative errno. */
long libc_set_fs_base(void *base);

/** The dispatcher itself: number and arguments as on Linux x86-64, result or negative errno. */
long libc_syscall(long n, long a, long b, long c, long d, long e, long f);
