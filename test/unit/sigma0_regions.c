/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/fpage.h>
#include <stdlib.h>

#include "sigma0/map.h"
#include "unit.h"

/*
 * The list of regions against an array with one owner a page; the memory map of a kernel info page.
 */

enum { PAGES = 200, OWNERS = 4, STEPS = 20000, NOBODY = 99 };

static struct region entries[512];
static struct regions regions;
static unsigned model[PAGES];

static void fresh(void)
{
    regions = (struct regions){0};
    regions_give_spares(&regions, entries, sizeof entries);
}

static bool set(uint64_t start, uint64_t end, uint32_t owner)
{
    struct region r = {.start = start << 12, .end = end << 12, .owner = owner, .rights = 7,
                       .counted = true};
    return regions_set(&regions, &r);
}

static bool well_formed(void)
{
    unsigned used = 0;
    for (const struct region *r = regions.first; r; r = r->next, used++) {
        if (r->start >= r->end)
            return false;
        if (r->next && (r->end > r->next->start
                        || (r->end == r->next->start && r->owner == r->next->owner)))
            return false;
    }
    return used + regions.spares == sizeof entries / sizeof entries[0];
}

static unsigned below(unsigned limit)
{
    return (unsigned)rand() % limit;
}

static bool model_has(unsigned start, unsigned end, unsigned owner)
{
    for (unsigned i = start; i < end; i++)
        if (model[i] != 0 && model[i] != owner)
            return false;
    return true;
}

TEST(random_steps_equal_the_model)
{
    fresh();
    for (unsigned i = 0; i < PAGES; i++)
        model[i] = NOBODY;
    srand(7);
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned owner = below(OWNERS);
        unsigned start = below(PAGES), end = start + 1 + below(PAGES - start);
        CHECK(set(start, end, owner));
        for (unsigned i = start; i < end; i++)
            model[i] = owner;
        CHECK(well_formed());
        unsigned at = below(PAGES), last = at + 1 + below(PAGES - at);
        const struct region *r = regions_at(&regions, (uint64_t)at << 12 | 5);
        CHECK_EQ(r ? r->owner : NOBODY, model[at]);
        CHECK_EQ(regions_available(&regions, (uint64_t)at << 12, (uint64_t)last << 12, owner),
                 model_has(at, last, owner));
    }
    uint64_t sum = 0;
    for (uint32_t owner = 0; owner < OWNERS; owner++)
        sum += regions_sum(&regions, owner);
    CHECK_EQ(sum, regions_total(&regions));
}

TEST(free_ranges_are_aligned_and_high)
{
    uint64_t start;

    fresh();
    CHECK(!regions_find_free(&regions, 12, &start));
    set(3, 19, 0);
    CHECK(regions_find_free(&regions, 14, &start));
    CHECK_EQ(start >> 12, 12);
    CHECK(!regions_find_free(&regions, 16, &start));
    set(12, 16, 5);
    CHECK(regions_find_free(&regions, 14, &start));
    CHECK_EQ(start >> 12, 8);
    CHECK(!regions_find_free(&regions, 15, &start));
}

TEST(free_ranges_within_bounds)
{
    struct region_wish wish = {.size = 0x3000, .alignment = 0x4000, .start = 0, .end = ~0ull};
    uint64_t start = 0;

    fresh();
    CHECK(set(4, 40, REGION_FREE) && set(20, 22, 1) && set(60, 80, REGION_FREE));
    CHECK(regions_find(&regions, &wish, &start));
    CHECK_EQ(start, 76 << 12);
    wish.end = 78 << 12;
    CHECK(regions_find(&regions, &wish, &start));
    CHECK_EQ(start, 72 << 12);
    wish.end = 23 << 12;
    CHECK(regions_find(&regions, &wish, &start));
    CHECK_EQ(start, 16 << 12);
    wish.start = 17 << 12;
    CHECK(!regions_find(&regions, &wish, &start));
    wish.end = 27 << 12;
    CHECK(regions_find(&regions, &wish, &start));
    CHECK_EQ(start, 24 << 12);
    wish = (struct region_wish){0x1000, 0x1000, 50 << 12, 60 << 12};
    CHECK(!regions_find(&regions, &wish, &start));
}

TEST(owners_in_order)
{
    uint32_t owner = 0;

    fresh();
    set(0, 1, 12);
    set(4, 5, 4);
    set(8, 9, 12);
    CHECK(regions_next_owner(&regions, &owner));
    CHECK_EQ(owner, 4);
    CHECK(regions_next_owner(&regions, &owner));
    CHECK_EQ(owner, 12);
    CHECK(!regions_next_owner(&regions, &owner));
    CHECK(regions_others(&regions, 0x1000, 0x5000, 12));
    CHECK(!regions_others(&regions, 0x1000, 0x4000, 12));
}

static struct {
    struct l4_kip kip;
    struct l4_mem_desc desc[16];
} page;

TEST(later_descriptors_override_ram)
{
    fresh();
    memset(&page, 0, sizeof page);
    page.kip.mem_desc_at = sizeof page.kip;
    page.kip.mem_desc_slots = 16;
    page.desc[0] = l4_mem_desc(0x300000, 0x400000, L4_MEM_RESERVED, 0); /* before the RAM */
    page.desc[1] = l4_mem_desc(0, 0x9fc00, L4_MEM_CONVENTIONAL, 0);
    page.desc[2] = l4_mem_desc(0x100000, 0x800000, L4_MEM_CONVENTIONAL, 0);
    page.desc[3] = l4_mem_desc(0x9fc00, 0x100000, L4_MEM_RESERVED, 0);
    page.desc[4] = l4_mem_desc(0x7ff400, 0x801000, L4_MEM_ARCH, 3);
    page.desc[5] = l4_mem_desc(0x500000, 0x502000, L4_MEM_BOOTLOADER, 5);
    page.desc[6] = l4_mem_desc(0, 1ull << 47, L4_MEM_CONVENTIONAL, 0);
    page.desc[6].low |= L4_MEM_VIRTUAL;
    CHECK(sigma0_map(&regions, &page.kip));
    CHECK_EQ(regions_total(&regions), 0x9f000 + 0x700000);
    CHECK_EQ(regions_sum(&regions, SIGMA0_KERNEL), 0x100000);
    CHECK_EQ(regions_sum(&regions, SIGMA0_ROOT), 0x2000);
    CHECK_EQ(regions_sum(&regions, SIGMA0_DEVICES), 0x1000); /* what was RAM of it */
    CHECK_EQ(regions_at(&regions, 0x500000)->rights, 5);
    CHECK_EQ(regions_at(&regions, 0x9f800)->owner, SIGMA0_KERNEL);
    CHECK_EQ(regions_at(&regions, 0x800000)->owner, SIGMA0_DEVICES);
    CHECK(!regions_at(&regions, 0x801000));
    CHECK_EQ(regions_at(&regions, 0x400000)->rights, L4_FPAGE_RWX);
}

UNIT_MAIN(T(random_steps_equal_the_model), T(free_ranges_are_aligned_and_high),
          T(free_ranges_within_bounds), T(owners_in_order), T(later_descriptors_override_ram))
