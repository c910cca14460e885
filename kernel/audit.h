/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

/**
 * Checks the invariants that the headers state: of objects and capability tables, threads and
 * their queues, mappings, quotas and the heap. One line `audit: ok ...` with what was looked at, or
 * a line `audit: WRONG ...` for each of the first ten broken rules. Changes nothing but scratch
 * fields; takes time in proportion to everything there is. True: ok.
 */
bool audit(void);

/** For the parts: @holds is a rule; @what and @number (an id, an address) name who broke it. */
void audit_rule(bool holds, const char *what, uint64_t number);

/** The parts. audit_memory() returns how many mappings there are. */
size_t audit_threads(void);
size_t audit_memory(void);
