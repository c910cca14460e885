/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

extern const struct object_type log_type;

void log_init(void);

/**
 * The serial line has input: into the buffer; LOG_DUMP_KEY makes the kernel dump all threads,
 * LOG_DEBUG_KEY enters the debugger.
 */
void log_input(void);

enum { LOG_DUMP_KEY = 0x14, LOG_DEBUG_KEY = 0x0b }; /* Ctrl-T, Ctrl-K */
