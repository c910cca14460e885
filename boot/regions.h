/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * What lies where in physical memory: the firmware's memory map, the regions in use, and where
 * modules go. Pure computing over these tables; nothing here touches the memory it talks about.
 */
#include <stdbool.h>
#include <stdint.h>

/** Physical addresses [start, end). */
struct phys_range {
    uint64_t start;
    uint64_t end;
};

enum memory_type { MEMORY_RAM = 1, MEMORY_RESERVED = 2, MEMORY_ACPI = 3, MEMORY_NVS = 4 };

struct memory_entry {
    struct phys_range range;
    enum memory_type type;
};

enum { MEMORY_MAX = 48, REGION_MAX = 32, MODULE_MAX = 64, BOOT_PAGE = 4096 };

/** The memory map: RAM in whole pages, everything else grown to whole pages. */
struct memory_map {
    struct memory_entry entry[MEMORY_MAX];
    unsigned count;
};

enum region_kind {
    REGION_BOOTSTRAP,
    REGION_FIRMWARE,
    REGION_KERNEL,
    REGION_SIGMA0,
    REGION_ROOTTASK,
    REGION_MODULES,
};

/** A piece of memory in use after boot, and by what. Regions of one table never overlap. */
struct region {
    struct phys_range range;
    enum region_kind kind;
    unsigned rights; /* 4 read, 2 write, 1 execute */
};

struct region_table {
    struct region region[REGION_MAX];
    unsigned count;
};

/** One module's move. After plan_moves, `to` keeps the length of `from`. */
struct move {
    struct phys_range from;
    struct phys_range to;
};

/** Name of @kind for messages. */
const char *region_name(enum region_kind kind);

/** Whether the two ranges share a byte. Empty ranges share nothing. */
bool ranges_overlap(struct phys_range a, struct phys_range b);

/** @value up to the next multiple of a page; UINT64_MAX's page is never reached by callers. */
static inline uint64_t page_up(uint64_t value)
{
    return (value + BOOT_PAGE - 1) & ~(uint64_t)(BOOT_PAGE - 1);
}

/**
 * Add one entry of the firmware's map. Ranges that wrap around or hold no whole page of RAM are
 * left out. False: the table is full.
 */
bool memory_add(struct memory_map *map, uint64_t start, uint64_t length, enum memory_type type);

/** Whether every byte of @range is RAM and none is claimed by another entry of the map. */
bool memory_is_ram(const struct memory_map *map, struct phys_range range);

/** The region that shares a byte with @range, or null. */
const struct region *region_conflict(const struct region_table *table, struct phys_range range);

/** Add a region that has been checked. False: the table is full. */
bool region_add(struct region_table *table, struct region region);

/**
 * The lowest page address where @size bytes of RAM lie inside @within and touch no region; 0: none.
 */
uint64_t find_free(const struct memory_map *map, const struct region_table *table,
                   struct phys_range within, uint64_t size);

/** Bytes that modules of these lengths need when each starts on a page of its own. */
uint64_t moves_size(const struct move *moves, unsigned count);

/**
 * Fill in `to`: modules in the order of their present addresses, from @base on, each on a page of
 * its own; and in @order a sequence in which memmove() of one module after the other never
 * overwrites one that has not been moved yet. Sources must not overlap each other.
 */
void plan_moves(struct move *moves, unsigned count, uint64_t base, uint8_t *order);
