/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool.h"

/*
 * Persistent radix tree: page index -> frame, or hole (reads as zero). Subtrees are shared between
 * trees and counted; a tree is changed by copying the path to the changed place (design rule 9).
 * There are no shadow chains: a copy knows nothing of its original, and each can go first.
 *
 * A page is exclusive if every node on its path and its frame have exactly one reference; only
 * then may it be written in place.
 */

#define TREE_BITS 6
#define TREE_FANOUT (1u << TREE_BITS)
#define TREE_HEIGHT_MAX 5
#define TREE_INDEX_END (1ull << (TREE_BITS * TREE_HEIGHT_MAX)) /* pages: 4 TiB */
#define TREE_RESERVE (2 * TREE_HEIGHT_MAX) /* nodes one change or one copy can need */

struct node {
    uint32_t refs;  /* slots of other nodes, and roots of trees */
    uint32_t pages; /* frames below */
    union {
        struct node *node;
        struct frame *frame; /* height 1 */
    } slot[TREE_FANOUT];
};

/** Where trees live. */
struct store {
    struct frames frames;
    struct pool nodes;
};

/** Zero is the empty tree. */
struct tree {
    struct node *root; /* null: nothing but holes */
    unsigned height;   /* of the root: covers indices below 64^height */
};

/** Sets up the node pool; store->frames is ready. */
void store_init(struct store *store);

/**
 * Guarantees that one tree_set() or tree_share() succeeds. -L4_ENOMEM. Followed, after the change,
 * by tree_settle().
 */
long tree_prepare(struct store *store);
void tree_settle(struct store *store);

/** Frame at @index < TREE_INDEX_END, null for a hole; *@exclusive: may be written in place. */
struct frame *tree_lookup(const struct tree *tree, uint64_t index, bool *exclusive);

/**
 * Puts @frame (or null: a hole) at @index, taking over the caller's reference. The old frame's
 * reference is dropped. Between tree_prepare() and tree_settle().
 */
void tree_set(struct store *store, struct tree *tree, uint64_t index, struct frame *frame);

/**
 * *@copy = tree that has what @source has in [@start, @end), at the same indices, and holes
 * elsewhere. Touches at most two nodes a level. Between tree_prepare() and tree_settle().
 */
void tree_share(struct store *store, const struct tree *source, uint64_t start, uint64_t end,
                struct tree *copy);

/** Drops all of @tree, which becomes empty. */
void tree_drop(struct store *store, struct tree *tree);

/** Number of frames in the tree. */
uint64_t tree_pages(const struct tree *tree);

/** Number of those that are not exclusive. */
uint64_t tree_shared_pages(const struct tree *tree);
