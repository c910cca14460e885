/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>

#include "task.h"

/**
 * Node of the mapping database: one present page of one space. All mappings of a frame form a
 * tree (receiver under sender) below sigma0's; it is kept as one list in preorder with the depth
 * in each node, so "the subtree of m" is: m and the nodes behind it that are deeper. Nothing here
 * recurses, whatever depth user code builds.
 */
struct mapping {
    struct mapping *next, *prev; /* NULL at the ends */
    struct space *space;
    uint64_t page : 36, depth : 28;
};

/** True if @m is the node of @va in @space and stands where a tree allows it: for the audit. */
bool mapping_is_sound(const struct mapping *m, const struct space *space, uint64_t va);

/**
 * Looks up the mapping of @va and its @slot; sigma0's are made up on the way. NULL: nothing there,
 * or ku_mem.
 */
struct mapping *mapping_lookup(struct space *space, uint64_t va, struct slot *slot);

/** What is to be mapped where. */
struct map_request {
    struct space *from, *to;
    uint64_t source, target; /* page aligned addresses */
    uint64_t size;           /* bytes */
    unsigned rights;         /* L4_FPAGE_* */
    uint64_t item;           /* word 0 of the send item: grant bit, caching attributes */
};

/** Result of mapping: how many pages or capabilities; negative: out of memory on the way. */
typedef long map_count_t;

/** Maps memory by the rules of ABI 5.8. */
map_count_t mapping_map(const struct map_request *request);

/**
 * Takes @rights (R: everything) away from all mappings under those in [@start, @end) of @space,
 * and from those themselves if @self.
 */
void mapping_unmap(struct space *space, uint64_t start, uint64_t end, unsigned rights, bool self);
