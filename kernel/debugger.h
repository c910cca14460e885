/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

extern const struct object_type debugger_type;

/* Our own group 7: books on the console (dump.h); event counters as words (counters.h). */
enum { DEBUGGER_BOOKS = 0x700, DEBUGGER_COUNTERS = 0x701 };
