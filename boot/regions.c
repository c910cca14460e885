/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/regions.h"

#include <stddef.h>

const char *region_name(enum region_kind kind)
{
    static const char *const names[] = {
        [REGION_BOOTSTRAP] = "bootstrap", [REGION_FIRMWARE] = "firmware",
        [REGION_KERNEL] = "kernel",       [REGION_SIGMA0] = "sigma0",
        [REGION_ROOTTASK] = "roottask",   [REGION_MODULES] = "modules",
    };
    return names[kind];
}

bool ranges_overlap(struct phys_range a, struct phys_range b)
{
    return a.start < b.end && b.start < a.end && a.start < a.end && b.start < b.end;
}

static uint64_t page_down(uint64_t value)
{
    return value & ~(uint64_t)(BOOT_PAGE - 1);
}

bool memory_add(struct memory_map *map, uint64_t start, uint64_t length, enum memory_type type)
{
    uint64_t end = start + length;
    if (length == 0 || end < start || end > UINT64_MAX - BOOT_PAGE)
        return true;
    struct phys_range range = { page_up(start), page_down(end) };
    if (type != MEMORY_RAM)
        range = (struct phys_range){ page_down(start), page_up(end) };
    if (range.start >= range.end)
        return true;
    if (map->count == MEMORY_MAX)
        return false;
    map->entry[map->count++] = (struct memory_entry){ range, type };
    return true;
}

/* End of the RAM entry that holds @address; @address itself if none does. */
static uint64_t ram_end(const struct memory_map *map, uint64_t address)
{
    uint64_t end = address;
    for (unsigned i = 0; i < map->count; i++) {
        const struct memory_entry *e = &map->entry[i];
        if (e->type == MEMORY_RAM && e->range.start <= address && e->range.end > end)
            end = e->range.end;
    }
    return end;
}

bool memory_is_ram(const struct memory_map *map, struct phys_range range)
{
    for (unsigned i = 0; i < map->count; i++)
        if (map->entry[i].type != MEMORY_RAM && ranges_overlap(map->entry[i].range, range))
            return false;
    uint64_t reached = range.start;
    while (reached < range.end) {
        uint64_t next = ram_end(map, reached);
        if (next == reached)
            return false;
        reached = next;
    }
    return range.start < range.end;
}

const struct region *region_conflict(const struct region_table *table, struct phys_range range)
{
    for (unsigned i = 0; i < table->count; i++)
        if (ranges_overlap(table->region[i].range, range))
            return &table->region[i];
    return NULL;
}

bool region_add(struct region_table *table, struct region region)
{
    if (table->count == REGION_MAX)
        return false;
    table->region[table->count++] = region;
    return true;
}

static bool is_free(const struct memory_map *map, const struct region_table *table,
                    struct phys_range range, struct phys_range within)
{
    return range.start >= within.start && range.start < range.end && range.end <= within.end
           && memory_is_ram(map, range) && !region_conflict(table, range);
}

/* The lowest free place starts at the lower bound, at the start of RAM or behind a region. */
uint64_t find_free(const struct memory_map *map, const struct region_table *table,
                   struct phys_range within, uint64_t size)
{
    uint64_t best = 0;
    unsigned candidates = 1 + 2 * map->count + table->count;
    for (unsigned i = 0; i < candidates; i++) {
        uint64_t at = within.start;
        if (i > 2 * map->count)
            at = table->region[i - 2 * map->count - 1].range.end;
        else if (i > 0)
            at = i & 1 ? map->entry[(i - 1) / 2].range.start : map->entry[(i - 1) / 2].range.end;
        at = page_up(at);
        if (at && (!best || at < best)
            && is_free(map, table, (struct phys_range){ at, at + size }, within))
            best = at;
    }
    return best;
}

uint64_t moves_size(const struct move *moves, unsigned count)
{
    uint64_t size = 0;
    for (unsigned i = 0; i < count; i++)
        size += page_up(moves[i].from.end - moves[i].from.start);
    return size;
}

static void sort_by_source(const struct move *moves, unsigned count, uint8_t *order)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned at = i;
        for (; at > 0 && moves[order[at - 1]].from.start > moves[i].from.start; at--)
            order[at] = order[at - 1];
        order[at] = (uint8_t)i;
    }
}

/*
 * Sources and targets have the same order. So what goes up can be moved from the top down, and
 * after that what goes down from the bottom up: no target reaches a source still waiting.
 */
void plan_moves(struct move *moves, unsigned count, uint64_t base, uint8_t *order)
{
    uint8_t sorted[MODULE_MAX];
    unsigned n = 0;

    sort_by_source(moves, count, sorted);
    for (unsigned i = 0; i < count; i++) {
        struct move *m = &moves[sorted[i]];
        uint64_t length = m->from.end - m->from.start;
        m->to = (struct phys_range){ base, base + length };
        base += page_up(length);
    }
    for (unsigned i = count; i-- > 0;)
        if (moves[sorted[i]].to.start > moves[sorted[i]].from.start)
            order[n++] = sorted[i];
    for (unsigned i = 0; i < count; i++)
        if (moves[sorted[i]].to.start <= moves[sorted[i]].from.start)
            order[n++] = sorted[i];
}
