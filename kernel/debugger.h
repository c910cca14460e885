/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

extern const struct object_type debugger_type;

/*
 * Our own group 7: books on the console (dump.h); event counters as words (counters.h); an audit
 * with its result on the console (audit.h) and as label, 0 or -EINVAL.
 */
enum { DEBUGGER_BOOKS = 0x700, DEBUGGER_COUNTERS = 0x701, DEBUGGER_AUDIT = 0x702 };
