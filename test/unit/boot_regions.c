/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory arithmetic of bootstrap: what is RAM, what is free, in which order modules move. */
#include "boot/regions.h"

#include <stdlib.h>

#include "unit.h"

#define MB 0x100000ull

static struct phys_range range(uint64_t start, uint64_t end)
{
    return (struct phys_range){ start, end };
}

static struct memory_map pc_map(void)
{
    struct memory_map map = { .count = 0 };
    memory_add(&map, 0, 0x9fc00, MEMORY_RAM);
    memory_add(&map, 0x9fc00, 0x400, MEMORY_RESERVED);
    memory_add(&map, 0xf0000, 0x10000, MEMORY_RESERVED);
    memory_add(&map, MB, 31 * MB - 0x20000, MEMORY_RAM);
    memory_add(&map, 32 * MB - 0x20000, 0x20000, MEMORY_ACPI);
    return map;
}

TEST(overlap_is_half_open)
{
    CHECK(ranges_overlap(range(0, 2), range(1, 3)));
    CHECK(!ranges_overlap(range(0, 2), range(2, 3)));
    CHECK(!ranges_overlap(range(2, 3), range(0, 2)));
    CHECK(!ranges_overlap(range(1, 1), range(0, 2)));
    CHECK(ranges_overlap(range(0, 10), range(4, 5)));
}

TEST(ram_shrinks_and_reserved_grows_to_pages)
{
    struct memory_map map = pc_map();
    CHECK_EQ(map.entry[0].range.end, 0x9f000);
    CHECK_EQ(map.entry[1].range.start, 0x9f000);
    CHECK_EQ(map.entry[1].range.end, 0xa0000);
}

TEST(odd_entries_are_left_out)
{
    struct memory_map map = { .count = 0 };
    CHECK(memory_add(&map, 0x1000, 0, MEMORY_RAM));
    CHECK(memory_add(&map, 0x1001, 0x1000, MEMORY_RAM));
    CHECK(memory_add(&map, UINT64_MAX - 10, 100, MEMORY_RAM));
    CHECK(memory_add(&map, UINT64_MAX - 10, 10, MEMORY_RESERVED));
    CHECK_EQ(map.count, 0);
}

TEST(full_map_is_refused)
{
    struct memory_map map = { .count = 0 };
    for (unsigned i = 0; i < MEMORY_MAX; i++)
        CHECK(memory_add(&map, i * 2 * MB, MB, MEMORY_RAM));
    CHECK(!memory_add(&map, 1000 * MB, MB, MEMORY_RAM));
}

TEST(ram_needs_every_byte)
{
    struct memory_map map = pc_map();
    CHECK(memory_is_ram(&map, range(MB, 2 * MB)));
    CHECK(memory_is_ram(&map, range(MB, 32 * MB - 0x20000)));
    CHECK(!memory_is_ram(&map, range(MB, 32 * MB)));
    CHECK(!memory_is_ram(&map, range(0x9e000, 0x9f001)));
    CHECK(!memory_is_ram(&map, range(31 * MB, 90 * MB)));
    CHECK(!memory_is_ram(&map, range(90 * MB, 91 * MB)));
    CHECK(!memory_is_ram(&map, range(MB, MB)));
    CHECK(!memory_is_ram(&map, range(2 * MB, MB)));
}

TEST(touching_ram_entries_are_one_piece)
{
    struct memory_map map = { .count = 0 };
    memory_add(&map, 2 * MB, MB, MEMORY_RAM);
    memory_add(&map, MB, MB, MEMORY_RAM);
    CHECK(memory_is_ram(&map, range(MB + 0x1000, 3 * MB)));
    memory_add(&map, 2 * MB, 0x1000, MEMORY_RESERVED);
    CHECK(!memory_is_ram(&map, range(MB + 0x1000, 3 * MB)));
}

TEST(conflict_names_the_region)
{
    struct region_table table = { .count = 0 };
    region_add(&table, (struct region){ range(MB, 2 * MB), REGION_KERNEL, 7 });
    region_add(&table, (struct region){ range(4 * MB, 5 * MB), REGION_SIGMA0, 5 });
    CHECK(!region_conflict(&table, range(2 * MB, 4 * MB)));
    const struct region *other = region_conflict(&table, range(2 * MB, 4 * MB + 1));
    CHECK(other != NULL);
    CHECK_STR(region_name(other->kind), "sigma0");
}

TEST(free_memory_is_the_lowest_that_fits)
{
    struct memory_map map = pc_map();
    struct region_table table = { .count = 0 };
    region_add(&table, (struct region){ range(MB, 2 * MB + 5), REGION_BOOTSTRAP, 0 });
    region_add(&table, (struct region){ range(4 * MB, 16 * MB), REGION_KERNEL, 0 });
    struct phys_range all = range(0x1000, 0x100000000ull);
    CHECK_EQ(find_free(&map, &table, all, 0x1000), 0x1000);
    CHECK_EQ(find_free(&map, &table, all, MB), 2 * MB + 0x1000);
    CHECK_EQ(find_free(&map, &table, all, 2 * MB), 16 * MB);
    CHECK_EQ(find_free(&map, &table, all, 16 * MB), 0);
    CHECK_EQ(find_free(&map, &table, range(17 * MB + 1, 20 * MB), MB), 17 * MB + 0x1000);
    CHECK_EQ(find_free(&map, &table, range(17 * MB + 1, 18 * MB), MB), 0);
    CHECK_EQ(find_free(&map, &table, all, UINT64_MAX), 0);
}

/* Fill modules with known bytes, carry the plan out on a small memory, look whether all arrived. */
static int moves_keep_contents(unsigned seed)
{
    enum { PAGES = 64, COUNT = 6 };
    static unsigned char memory[PAGES * BOOT_PAGE];
    struct move moves[COUNT];
    uint8_t order[COUNT];
    unsigned at = 0;

    srand(seed);
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned gap = (unsigned)rand() % 3 * BOOT_PAGE;
        unsigned length = 1 + (unsigned)rand() % (4 * BOOT_PAGE);
        moves[(i * 5) % COUNT].from = range(at + gap, at + gap + length);
        at = (unsigned)page_up(at + gap + length);
    }
    for (unsigned i = 0; i < COUNT; i++)
        for (uint64_t a = moves[i].from.start; a < moves[i].from.end; a++)
            memory[a] = (unsigned char)(a * 7 + i + 1);
    uint64_t space = sizeof(memory) - moves_size(moves, COUNT);
    plan_moves(moves, COUNT, (unsigned)rand() % (space / BOOT_PAGE) * BOOT_PAGE, order);
    for (unsigned i = 0; i < COUNT; i++) {
        struct move *m = &moves[order[i]];
        memmove(memory + m->to.start, memory + m->from.start, m->to.end - m->to.start);
    }
    for (unsigned i = 0; i < COUNT; i++)
        for (uint64_t o = 0; o < moves[i].to.end - moves[i].to.start; o++)
            if (memory[moves[i].to.start + o]
                != (unsigned char)((moves[i].from.start + o) * 7 + i + 1))
                return 0;
    return 1;
}

TEST(moved_modules_keep_their_contents)
{
    for (unsigned seed = 0; seed < 2000; seed++)
        CHECK(moves_keep_contents(seed));
}

TEST(moved_modules_start_on_pages)
{
    struct move moves[2] = { { .from = range(0x5001, 0x5003) }, { .from = range(0x2000, 0x4001) } };
    uint8_t order[2];
    CHECK_EQ(moves_size(moves, 2), 0x4000);
    plan_moves(moves, 2, 0x10000, order);
    CHECK_EQ(moves[1].to.start, 0x10000);
    CHECK_EQ(moves[1].to.end, 0x12001);
    CHECK_EQ(moves[0].to.start, 0x13000);
    CHECK_EQ(moves[0].to.end, 0x13002);
    CHECK_EQ(order[0], 0);
}

UNIT_MAIN(T(overlap_is_half_open), T(ram_shrinks_and_reserved_grows_to_pages),
          T(odd_entries_are_left_out), T(full_map_is_refused), T(ram_needs_every_byte),
          T(touching_ram_entries_are_one_piece), T(conflict_names_the_region),
          T(free_memory_is_the_lowest_that_fits), T(moved_modules_keep_their_contents),
          T(moved_modules_start_on_pages))
