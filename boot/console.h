/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>

/** Set up COM1 (115200 baud, 8N1). Before anything is printed. */
void console_init(void);

/**
 * Print one line with the prefix `bootstrap: `. @format knows %s (string), %u (uint64_t, decimal),
 * %x (uint64_t, hexadecimal with 0x) and %%; the line end is added.
 */
void say(const char *format, ...);

/** Like say, with `bootstrap: stop: `; then the machine stops. For what makes booting pointless. */
_Noreturn void stop(const char *format, ...);
