/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

extern const struct object_type debugger_type;

/*
 * Our own group 7: books on the console (dump.h); event counters as words (counters.h); an audit
 * with its result on the console (audit.h) and as label, 0 or -EINVAL.
 */
enum { DEBUGGER_BOOKS = 0x700, DEBUGGER_COUNTERS = 0x701, DEBUGGER_AUDIT = 0x702 };

/**
 * Shows @why and takes commands from the serial line until `g`; without a serial line it goes on
 * at once. Meanwhile nothing runs and the clock stands still.
 */
void debugger_enter(const char *why);

/** The same with @size bytes of a program's text; what follows "*#" is done without stopping. */
void debugger_enter_text(const char *text, uint64_t size);

/** For long lists: true if a key was pressed, which then is no command. */
bool debugger_stopped(void);

/**
 * Records of L4_DBG_OBJECT_SIZE bytes (ABI 7.10) about the objects behind the first @skip ones to
 * @buffer, as far as @size goes: how many. *@total: how many objects there are. No kernel address
 * is among what they tell.
 */
uint64_t debugger_list(void *buffer, uint64_t size, uint64_t skip, uint64_t *total);
