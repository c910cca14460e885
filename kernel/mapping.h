/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>

#include "x86_64/paging.h"

struct work;

/**
 * Node of the mapping database: one present page of one space. All mappings of a frame form a
 * tree (receiver under sender) below sigma0's; it is kept as one list in preorder with the depth
 * in each node, so "the subtree of m" is: m and the nodes behind it that are deeper. Nothing here
 * recurses, whatever depth user code builds. Bookmarks may lie between the nodes.
 */
struct mapping {
    struct mapping *next, *prev; /* NULL at the ends */
    struct mapping *parent;      /* NULL: sigma0's own */
    struct space *space;         /* NULL: a bookmark of an unmapping, deeper than any node */
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

/** Maps memory by the rules of ABI 5.8; pauses. @work: how far it has come, zero at the end. */
map_count_t mapping_map(const struct map_request *request, struct work *work);

/** What is to be taken away from whom. */
struct unmap_request {
    struct space *space; /* NULL: nothing is under way */
    uint64_t start, end; /* [start, end) */
    unsigned rights;     /* R: everything */
    bool self;           /* from those in the range too, not only from what is below them */
};

/**
 * An unmapping under way. Leaves go first, so that at each pause what is left is a tree. Whatever
 * is mapped on from that in the meantime comes to lie between the bookmarks, and goes too.
 */
struct unmapping {
    struct unmap_request left;    /* without what is done */
    bool inside;                  /* in the subtree of the page at left.start */
    unsigned depth;               /* of that page */
    struct mapping first, last;   /* bookmarks around what has been found of the subtree */
};

/** Takes rights away as @request says; pauses. @u: where it is written down how far it is. */
void mapping_unmap(struct unmapping *u, const struct unmap_request *request);

/** Does what is left of @u, if it is under way. */
void mapping_unmap_rest(struct unmapping *u);
