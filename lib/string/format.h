/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/**
 * A small printf for programs without a C library: %s %c %d %u %x %% with `l`, a width and the
 * flags `0` and `-`. Writes at most @size bytes (>= 1), always terminated. Returns the length of
 * what was written.
 */
size_t format(char *to, size_t size, const char *text, ...) __attribute__((format(printf, 3, 4)));

/** The same with an argument list. */
size_t format_list(char *to, size_t size, const char *text, va_list list)
    __attribute__((format(printf, 3, 0)));
