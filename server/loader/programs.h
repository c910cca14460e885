/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include <l4/types.h>

/*
 * Names that are known to be programs, not scripts, because one was started: exec keeps what they
 * stand for, so their files need not be fetched again to look at their first bytes. Start worker.
 */

enum { PROGRAM_NAME_SIZE = 200 };

/** True if @name at the file provider @provider is known. */
bool programs_know(l4_cap_t provider, const char *name);

/** Remembers it, in place of the oldest if there are too many. */
void programs_add(l4_cap_t provider, const char *name);
