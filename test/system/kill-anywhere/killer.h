/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include <l4/types.h>

/* What the ways to be killed have in common. */

/** True after the first round: the books are written. */
bool killer_counts(void);

/** Notes that something is not as it should be. */
void wrong(const char *what, unsigned number);

/** Ends the scenario @name: how it went, the next start, the books. */
void finish(const char *name);

/* The kernel wakes sleepers with its tick, once a millisecond; what is to be killed takes less. */
#define TICK_US 1000

/** Returns so long before a tick that sleeping until then takes @us microseconds. */
void come_before_tick(unsigned us);

/** True if the server of @gate is at work: it would not take a message now. */
bool is_busy(l4_cap_t gate);

/** dying.c: tasks that are dying already. */
void dying(void);
