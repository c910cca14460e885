/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include <l4/types.h>

/* For boot modules that test: the services with all rights, whether they serve, and the books. */

struct servers {
    l4_cap_t dm, ts, bmodfs, exec, loader;
};

extern struct servers servers;

/**
 * Finds them all, and opens a session at DM_PHYS in slot TASK_CAP_DM; ends the program if it
 * cannot.
 */
void servers_find(void);

/** Everybody serves: a start, a file, memory, a session at log and names. Says what does not. */
bool servers_live(void);

/** Has everybody write their books between marks with @name. */
void servers_books(const char *name);
