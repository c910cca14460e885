/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdarg.h>

#include "types.h"

/**
 * Writes to the console. Knows %s %c %d %u %x %lx %lu %ld %%, a width for numbers ("%08x") and
 * a precision for strings ("%.16s").
 */
__attribute__((format(printf, 1, 2))) void kprintf(const char *format, ...);
void vkprintf(const char *format, va_list args);

/** Our own bug, or start-up is impossible: dumps all threads and stops the machine. */
__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *format, ...);

/** What only a bug of the kernel can make false. */
#define assert(condition)                                                              \
    ((condition) ? (void)0 : panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #condition))
