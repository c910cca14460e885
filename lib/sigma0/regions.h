/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who owns what: a list of regions of physical memory. Used by sigma0 and roottask. Nothing here
 * calls the kernel.
 */

/** Owner of what anybody may have. All other owners are the user's numbers. */
#define REGION_FREE 0u

/** A half-open range with one owner. */
struct region {
    struct region *next;
    uint64_t start, end;
    uint32_t owner;
    uint8_t rights; /* L4_FPAGE_* its owner may have by page fault */
    bool counted;   /* part of the RAM: counts in sums */
};

/**
 * Invariant: ascending, disjoint; neighbours that touch differ in owner, rights or counted. What is
 * in no region is nobody's business. Fill in nothing; start with regions_give_spares().
 */
struct regions {
    struct region *first;
    struct region *spare; /* unused entries */
    unsigned spares;
};

#define REGIONS_STEP 2 /* spares that regions_set() may need */

/** Adds the @size bytes at @memory to the unused entries. */
void regions_give_spares(struct regions *regions, void *memory, size_t size);

/**
 * Makes [start, end) of @new belong to it, whatever was there; links, neighbours and entries are
 * seen to. False and nothing done: the range is empty, or fewer than REGIONS_STEP spares are left.
 */
bool regions_set(struct regions *regions, const struct region *new);

/**
 * Sees to it that the next change finds spares, taking a free page of memory, whose owner is @owner
 * from then on, if need be; it must be mapped one-to-one. False: no page and too few spares.
 */
bool regions_reserve(struct regions *regions, uint32_t owner);

/** The region that contains @address, or null. */
const struct region *regions_at(const struct regions *regions, uint64_t address);

/** True if all of [@start, @end) is in regions that are free or @owner's. */
bool regions_available(const struct regions *regions, uint64_t start, uint64_t end, uint32_t owner);

/** True if some of [@start, @end) is in a region that is not @owner's. */
bool regions_others(const struct regions *regions, uint64_t start, uint64_t end, uint32_t owner);

/** Memory that somebody wants: @size bytes, aligned to @alignment, within [start, end). */
struct region_wish {
    uint64_t size, alignment; /* bytes; alignment: a power of two */
    uint64_t start, end;
};

/** The highest free and counted range that fulfils @wish; false: there is none. */
bool regions_find(const struct regions *regions, const struct region_wish *wish, uint64_t *start);

/** The highest free, aligned, counted range of 2^@order bytes; false: there is none. */
bool regions_find_free(const struct regions *regions, unsigned order, uint64_t *start);

/** Bytes in the counted regions of @owner. */
uint64_t regions_sum(const struct regions *regions, uint32_t owner);

/** Bytes in all counted regions. */
uint64_t regions_total(const struct regions *regions);

/** The smallest owner above @owner that has a counted region; false: none. */
bool regions_next_owner(const struct regions *regions, uint32_t *owner);
