/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/** The servers the loader works with, as found at names when it started. */
struct services {
    l4_cap_t dm;   /* DM_PHYS: base gate, to open the sessions of tasks */
    l4_cap_t ts;   /* SIMPLE_TS */
    l4_cap_t exec; /* EXEC */
};

extern struct services services;

/**
 * The file provider called @name at names, waiting up to @timeout_us; kept for the next time,
 * unless it has died. 0 if there is none.
 */
l4_cap_t services_provider(const char *name, uint64_t timeout_us);

/** Finds all of them. Stops the loader if one does not come. */
void services_init(void);
