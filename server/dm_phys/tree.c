/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"

#include <assert.h>
#include <l4/error.h>

/* Recursion below is bounded by TREE_HEIGHT_MAX. */

void store_init(struct store *store)
{
    pool_init(&store->nodes, &store->frames, "nodes", sizeof(struct node));
}

long tree_prepare(struct store *store)
{
    return pool_reserve(&store->nodes, TREE_RESERVE);
}

void tree_settle(struct store *store)
{
    pool_unreserve(&store->nodes);
}

static struct node *node_alloc(struct store *store)
{
    struct node *node = pool_alloc(&store->nodes);
    assert(node); /* tree_prepare() */
    node->refs = 1;
    return node;
}

/** Indices covered by a node of @height: a power of two. */
static uint64_t span(unsigned height)
{
    return 1ull << (TREE_BITS * height);
}

static unsigned slot_of(uint64_t index, unsigned height)
{
    return (index >> (TREE_BITS * (height - 1))) & (TREE_FANOUT - 1);
}

static void node_put(struct store *store, struct node *node, unsigned height)
{
    assert(node->refs > 0);
    if (--node->refs > 0)
        return;
    for (unsigned i = 0; i < TREE_FANOUT; i++) {
        if (!node->slot[i].node)
            continue;
        if (height == 1)
            frame_put(&store->frames, node->slot[i].frame);
        else
            node_put(store, node->slot[i].node, height - 1);
    }
    pool_free(&store->nodes, node);
}

static void child_get(struct node *node, unsigned i, unsigned height)
{
    if (height == 1)
        frame_get(node->slot[i].frame);
    else
        node->slot[i].node->refs++;
}

struct frame *tree_lookup(const struct tree *tree, uint64_t index, bool *exclusive)
{
    const struct node *node = tree->root;
    *exclusive = true;
    if (!node || index >= span(tree->height))
        return NULL;
    for (unsigned height = tree->height; height > 1; height--) {
        *exclusive &= node->refs == 1;
        node = node->slot[slot_of(index, height)].node;
        if (!node)
            return NULL;
    }
    struct frame *frame = node->slot[slot_of(index, 1)].frame;
    *exclusive &= node->refs == 1 && frame && frame->refs == 1;
    return frame;
}

/* --- change --- */

/** A node like @node that nobody else has; takes over one reference to @node. */
static struct node *node_own(struct store *store, struct node *node, unsigned height)
{
    if (node->refs == 1)
        return node;
    struct node *own = node_alloc(store);
    for (unsigned i = 0; i < TREE_FANOUT; i++) {
        own->slot[i] = node->slot[i];
        if (own->slot[i].node)
            child_get(own, i, height);
    }
    own->pages = node->pages;
    node->refs--;
    return own;
}

/** Makes the tree high enough for @index. */
static void tree_grow(struct store *store, struct tree *tree, uint64_t index)
{
    if (tree->height == 0)
        tree->height = 1;
    while (index >= span(tree->height)) {
        if (tree->root) {
            struct node *root = node_alloc(store);
            root->slot[0].node = tree->root;
            root->pages = tree->root->pages;
            tree->root = root;
        }
        tree->height++;
    }
}

void tree_set(struct store *store, struct tree *tree, uint64_t index, struct frame *frame)
{
    assert(index < TREE_INDEX_END);
    bool exclusive;
    struct frame *old = tree_lookup(tree, index, &exclusive);
    if (!old && !frame)
        return;
    tree_grow(store, tree, index);
    struct node **place = &tree->root;
    for (unsigned height = tree->height; height > 0; height--) {
        *place = *place ? node_own(store, *place, height) : node_alloc(store);
        struct node *node = *place;
        node->pages = node->pages + (frame != NULL) - (old != NULL);
        if (height == 1)
            node->slot[slot_of(index, 1)].frame = frame;
        else
            place = &node->slot[slot_of(index, height)].node;
    }
    if (old)
        frame_put(&store->frames, old);
}

/* --- copy --- */

/** Part [@start, @end) (within the node's span) of @node as a node of its own; null if empty. */
static struct node *node_share(struct store *store, struct node *node, unsigned height,
                               const uint64_t range[2])
{
    if (range[0] == 0 && range[1] == span(height)) {
        node->refs++;
        return node;
    }
    struct node *part = node_alloc(store);
    uint64_t step = span(height - 1);
    for (uint64_t i = range[0] / step; i * step < range[1]; i++) {
        if (!node->slot[i].node)
            continue;
        if (height == 1) {
            part->slot[i] = node->slot[i];
            frame_get(part->slot[i].frame);
            part->pages++;
            continue;
        }
        uint64_t low = i * step, sub[2] = {range[0] > low ? range[0] - low : 0,
                                           range[1] - low < step ? range[1] - low : step};
        part->slot[i].node = node_share(store, node->slot[i].node, height - 1, sub);
        part->pages += part->slot[i].node ? part->slot[i].node->pages : 0;
    }
    if (part->pages == 0) {
        pool_free(&store->nodes, part);
        return NULL;
    }
    return part;
}

void tree_share(struct store *store, const struct tree *source, uint64_t start, uint64_t end,
                struct tree *copy)
{
    *copy = (struct tree){.height = source->height};
    if (!source->root)
        return;
    if (end > span(source->height))
        end = span(source->height);
    if (start < end)
        copy->root = node_share(store, source->root, source->height, (uint64_t[2]){start, end});
}

void tree_drop(struct store *store, struct tree *tree)
{
    if (tree->root)
        node_put(store, tree->root, tree->height);
    *tree = (struct tree){0};
}

/* --- numbers --- */

uint64_t tree_pages(const struct tree *tree)
{
    return tree->root ? tree->root->pages : 0;
}

static uint64_t shared_below(const struct node *node, unsigned height)
{
    if (node->refs > 1)
        return node->pages;
    uint64_t shared = 0;
    for (unsigned i = 0; i < TREE_FANOUT; i++) {
        if (!node->slot[i].node)
            continue;
        if (height == 1)
            shared += node->slot[i].frame->refs > 1;
        else
            shared += shared_below(node->slot[i].node, height - 1);
    }
    return shared;
}

uint64_t tree_shared_pages(const struct tree *tree)
{
    return tree->root ? shared_below(tree->root, tree->height) : 0;
}
