/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "errors/errors.h"
#include "rm/regions.h"
#include "unit.h"

enum { PAGES = 512, CAPACITY = 128 };

static struct region table[CAPACITY];

static struct regions make(void)
{
    return (struct regions){
        .table = table, .capacity = CAPACITY, .any_start = 0x100000, .any_end = 0x300000};
}

static struct region range(uint64_t first_page, uint64_t pages)
{
    return (struct region){.start = first_page << 12, .end = (first_page + pages) << 12};
}

TEST(empty_unaligned_and_kernel_ranges_are_refused)
{
    struct regions r = make();
    struct region bad[] = {{.start = 0x1000, .end = 0x1000},
                           {.start = 0x2000, .end = 0x1000},
                           {.start = 0x1001, .end = 0x3000},
                           {.start = 0x1000, .end = 0x2001},
                           {.start = 0x1000, .end = 0x2000, .offset = 7},
                           {.start = 0x7ffffffff000, .end = 0x800000001000}};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_EQ(regions_insert(&r, &bad[i]), -ERR_EINVAL);
    CHECK_EQ(r.count, 0);
}

TEST(overlap_is_refused_and_neighbours_are_not)
{
    struct regions r = make();
    struct region a = range(10, 5), before = range(8, 2), behind = range(15, 1);
    struct region inside = range(11, 1), across = range(14, 2), around = range(9, 9);
    CHECK_EQ(regions_insert(&r, &a), 0);
    CHECK_EQ(regions_insert(&r, &inside), -ERR_EOVERLAP);
    CHECK_EQ(regions_insert(&r, &across), -ERR_EOVERLAP);
    CHECK_EQ(regions_insert(&r, &around), -ERR_EOVERLAP);
    CHECK_EQ(regions_insert(&r, &before), 0);
    CHECK_EQ(regions_insert(&r, &behind), 0);
    CHECK_EQ(regions_lookup(&r, 0xa000)->start, 0xa000);
    CHECK_EQ(regions_lookup(&r, 0x9fff)->start, 0x8000);
    CHECK(!regions_lookup(&r, 0x7fff));
    CHECK_EQ(regions_next(&r, 0)->start, 0x8000);
    CHECK(!regions_next(&r, 0x10000));
}

TEST(a_free_place_keeps_its_distance_and_alignment)
{
    struct regions r = make();
    uint64_t first = regions_find_free(&r, 0x3000, 12);
    CHECK_EQ(first, 0x101000);
    struct region a = {.start = first, .end = first + 0x3000};
    CHECK_EQ(regions_insert(&r, &a), 0);
    CHECK_EQ(regions_find_free(&r, 0x1000, 12), 0x105000);
    CHECK_EQ(regions_find_free(&r, 0x1000, 20), 0x200000);
    CHECK_EQ(regions_find_free(&r, 0x200000, 12), 0);
    CHECK_EQ(regions_find_free(&r, 0, 12), 0);
    CHECK_EQ(regions_find_free(&r, UINT64_MAX, 12), 0);
}

TEST(a_full_table_is_an_error)
{
    struct regions r = make();
    for (unsigned i = 0; i < CAPACITY; i++) {
        struct region a = range(2 + 2 * i, 1);
        CHECK_EQ(regions_insert(&r, &a), 0);
    }
    struct region last = range(1000, 1), removed;
    CHECK_EQ(regions_insert(&r, &last), -ERR_ETOOMANY);
    CHECK_EQ(regions_remove(&r, 0x2000, &removed), 0);
    CHECK_EQ(regions_insert(&r, &last), 0);
}

/* The model: owner[page] is the number of the region that covers it, 0 for none. */
static unsigned owner[PAGES];

static bool model_free(unsigned first, unsigned pages)
{
    for (unsigned i = first; i < first + pages; i++)
        if (owner[i])
            return false;
    return true;
}

static bool model_agrees(const struct regions *r, unsigned page)
{
    struct region *found = regions_lookup(r, (uint64_t)page << 12 | 0x123);
    return owner[page] ? found && found->offset == (uint64_t)owner[page] << 12 : !found;
}

TEST(a_million_random_steps_agree_with_a_model)
{
    struct regions r = make();
    srand(1);
    memset(owner, 0, sizeof owner);
    for (unsigned step = 1; step <= 1000000; step++) {
        unsigned page = (unsigned)rand() % (PAGES - 16), pages = 1 + (unsigned)rand() % 15;
        if (rand() & 1) {
            struct region a = range(page, pages);
            a.offset = (uint64_t)step << 12;
            long want = !model_free(page, pages) ? -ERR_EOVERLAP
                        : r.count == CAPACITY    ? -ERR_ETOOMANY : 0;
            CHECK_EQ(regions_insert(&r, &a), want);
            for (unsigned i = page; want == 0 && i < page + pages; i++)
                owner[i] = step;
        } else {
            struct region removed;
            unsigned number = owner[page];
            CHECK_EQ(regions_remove(&r, (uint64_t)page << 12, &removed), number ? 0 : -ERR_ENOENT);
            for (unsigned i = 0; number && i < PAGES; i++)
                if (owner[i] == number)
                    owner[i] = 0;
        }
        CHECK(model_agrees(&r, page));
        CHECK(model_agrees(&r, (unsigned)rand() % PAGES));
    }
    for (unsigned i = 1; i < r.count; i++)
        CHECK(r.table[i - 1].end <= r.table[i].start);
}

UNIT_MAIN(T(empty_unaligned_and_kernel_ranges_are_refused),
          T(overlap_is_refused_and_neighbours_are_not),
          T(a_free_place_keeps_its_distance_and_alignment), T(a_full_table_is_an_error),
          T(a_million_random_steps_agree_with_a_model))
