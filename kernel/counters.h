/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

/** What happened since the start, for bench/: the events behind a number of instructions. */
struct counters {
    uint64_t entries;  /* into the kernel from user mode, faults and interrupts included */
    uint64_t switches; /* of page tables */
    uint64_t faults;   /* page faults of user mode */
    uint64_t cleared;  /* pages the kernel has zeroed for itself */
    uint64_t idle;     /* cycles with nothing to run */
};

extern struct counters counters;

/** Writes them to @mr in this order; how many words. */
unsigned counters_read(uint64_t *mr);
