/* SPDX-License-Identifier: BSD-2-Clause */
/* The persistent tree of dm_phys against plain arrays. */
#include "unit.h"

#include "dm_machine.h"

#define TREES 40
#define PAGES 300

/** Model: frame numbers, null is a hole. */
struct model {
    struct tree tree;
    struct frame *page[PAGES];
};

static bool agrees(const struct model *model, uint64_t base)
{
    bool exclusive;
    uint64_t count = 0;
    for (uint64_t i = 0; i < PAGES; i++) {
        if (tree_lookup(&model->tree, base + i, &exclusive) != model->page[i])
            return false;
        count += model->page[i] != NULL;
    }
    return tree_pages(&model->tree) == count;
}

/** Sets, shares and drops at indices from @base on. */
static void random_ops(uint64_t base)
{
    struct machine *m = machine_new(32ull << 20);
    struct store *store = &m->manager.store;
    struct model *model = calloc(TREES, sizeof *model);
    uint64_t used = machine_used(m);
    for (unsigned step = 0; step < 4000; step++) {
        struct model *a = &model[random_below(TREES)], *b = &model[random_below(TREES)];
        CHECK_EQ(tree_prepare(store), 0);
        if (step % 4 == 0 && a != b) {
            uint64_t start = random_below(PAGES);
            uint64_t end = start + random_below(PAGES + 1 - (uint32_t)start);
            tree_drop(store, &b->tree);
            memset(b->page, 0, sizeof b->page);
            if (step % 8 == 0) {
                start = 0;
                end = PAGES;
            }
            tree_share(store, &a->tree, base + start, base + end, &b->tree);
            memcpy(b->page + start, a->page + start, (end - start) * sizeof *b->page);
        } else {
            unsigned i = random_below(PAGES);
            a->page[i] = step % 7 ? frame_alloc(&store->frames, NULL) : NULL;
            tree_set(store, &a->tree, base + i, a->page[i]);
        }
        tree_settle(store);
        if (step % 16 == 0)
            CHECK(agrees(a, base) && agrees(b, base));
    }
    for (unsigned i = 0; i < TREES; i++) {
        CHECK(agrees(&model[i], base));
        tree_drop(store, &model[(i * 7) % TREES].tree);
        memset(model[(i * 7) % TREES].page, 0, sizeof model->page);
    }
    CHECK_EQ(machine_used(m), used);
    CHECK_EQ(store->nodes.used, 0);
    frames_check(&store->frames);
    free(model);
    machine_free(m);
}

TEST(random_low) { random_ops(0); }
TEST(random_across_heights) { random_ops(4096 - 100); }
TEST(random_at_the_end) { random_ops(TREE_INDEX_END - PAGES); }

TEST(copy_costs_no_frames)
{
    struct machine *m = machine_new(32ull << 20);
    struct store *store = &m->manager.store;
    struct tree tree = {0}, copy, part;
    for (unsigned i = 0; i < 4096; i++) {
        tree_prepare(store);
        tree_set(store, &tree, i, frame_alloc(&store->frames, NULL));
    }
    tree_settle(store);
    uint64_t nodes = store->nodes.used;
    CHECK_EQ(tree_shared_pages(&tree), 0);
    tree_prepare(store);
    tree_share(store, &tree, 0, 4096, &copy);
    CHECK_EQ(store->nodes.used, nodes);
    tree_share(store, &tree, 100, 4000, &part);
    tree_settle(store);
    CHECK(store->nodes.used <= nodes + 3);
    CHECK_EQ(tree_pages(&part), 3900);
    CHECK_EQ(tree_shared_pages(&tree), 4096);
    tree_drop(store, &copy);
    CHECK_EQ(tree_shared_pages(&tree), 3900);
    tree_drop(store, &tree);
    CHECK_EQ(tree_shared_pages(&part), 0); /* a part does not pin the rest */
    CHECK_EQ(tree_pages(&part), 3900);
    tree_drop(store, &part);
    CHECK_EQ(store->nodes.used, 0);
    machine_free(m);
}

TEST(exclusive_means_nobody_else)
{
    struct machine *m = machine_new(32ull << 20);
    struct store *store = &m->manager.store;
    struct tree tree = {0}, copy;
    bool exclusive;
    for (unsigned i = 0; i < 200; i++) {
        tree_prepare(store);
        tree_set(store, &tree, i, frame_alloc(&store->frames, NULL));
    }
    tree_lookup(&tree, 150, &exclusive);
    CHECK(exclusive);
    tree_share(store, &tree, 100, 101, &copy);
    tree_lookup(&tree, 150, &exclusive);
    CHECK(exclusive); /* beside the shared part, even in the same node */
    tree_lookup(&tree, 100, &exclusive);
    CHECK(!exclusive);
    tree_prepare(store);
    tree_set(store, &copy, 100, frame_alloc(&store->frames, NULL));
    tree_lookup(&tree, 100, &exclusive);
    CHECK(exclusive);
    tree_drop(store, &tree);
    tree_drop(store, &copy);
    tree_settle(store);
    CHECK_EQ(store->nodes.slabs, 0);
    machine_free(m);
}

UNIT_MAIN(T(random_low), T(random_across_heights), T(random_at_the_end), T(copy_costs_no_frames),
          T(exclusive_means_nobody_else))
