/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <l4/types.h>

/*
 * The task of one cycle. It shares the program's memory, page by page as it faults, and looks at
 * two places outside: one has a page with a pattern, the other had one in the task before.
 */

#define PROBE_WINDOW 0x10000000ul
#define PROBE_PLACES 16

extern volatile uint64_t probe_cycle; /* number of this cycle */

/** The place of cycle @cycle. */
static inline uint64_t probe_place(uint64_t cycle)
{
    return PROBE_WINDOW + cycle % PROBE_PLACES * L4_PAGE_SIZE;
}

/** Exit code of a task that saw what it should. */
static inline int probe_code(uint64_t cycle)
{
    return (int)(cycle & 0xffff);
}

#define PROBE_BAD 0x10000

/** Runs in the new task: exits with probe_code(), or PROBE_BAD. */
void probe_run(void);

/** Its stack pointer. */
uint64_t probe_stack(void);
