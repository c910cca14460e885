/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <l4/types.h>

/*
 * A tree of tasks, each made by the one above it from the same factory. They run this program at
 * the same addresses; each gets the pages of its children's faults from its own. World of all but
 * the first: no libc, no region manager, only lib/l4sys.
 */

enum { NODES = 20 }; /* besides the first; node i makes 2i+1 and 2i+2 */

/** Empty slots for what a node makes. */
struct node_slots {
    l4_cap_t gate; /* where its children's faults come */
    l4_cap_t task[2], thread[2];
};

/** Makes the children of node @index. 0 or a negative error. */
long node_make_children(unsigned index, const struct node_slots *slots);

/**
 * Serves their faults until @us microseconds pass without one; false after a fault that is none of
 * ours.
 */
bool node_serve(uint64_t us);

/** How many nodes have served @rounds rounds, the first one apart. */
unsigned node_count(unsigned rounds);
