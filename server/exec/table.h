/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <task/infopage.h>

#include "set.h"

/** Bytes that table_write() will write for @set. */
uint64_t table_size(const struct set *set);

/** Where the table of a task goes: exec's mapping of a window of the infopage's dataspace. */
struct table_window {
    void *address;
    uint64_t size;
};

/** What this start has cost, and what its program was called. */
struct table_costs {
    const char *program;
    uint64_t lookups, relocations;
    uint64_t ticks[TASK_TICKS];
};

/**
 * Writes objects and sections of @set for a task (paper 2.2, step 4). Only written, never read: the
 * memory is not exec's. -ERR_ETOOMANY if the window is too small.
 */
long table_write(const struct table_window *window, const struct set *set,
                 const struct table_costs *costs);
