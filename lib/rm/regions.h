/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * The regions of one address space: which range is backed by which dataspace. Only the table, no
 * IPC, so that it is tested on the host. Invariant: `table` is sorted by start, no two overlap,
 * none is empty, all are page aligned. Ranges are half open.
 */

/** One region. A region without dataspace only keeps its range. */
struct region {
    uint64_t start, end;
    l4_cap_t dataspace; /* slot, 0: none */
    uint64_t offset;    /* of start, in the dataspace */
    uint32_t rights;    /* L4_FPAGE_* */
    bool slow;          /* its manager is not the task's own and may take its time */
};

struct regions {
    struct region *table;
    unsigned count;
    unsigned capacity;
    uint64_t any_start, any_end; /* where regions_find_free() looks */
};

/** The region that contains @address, or null. */
struct region *regions_lookup(const struct regions *r, uint64_t address);

/** The first region that ends behind @address: it contains it or comes next; null if none. */
struct region *regions_next(const struct regions *r, uint64_t address);

/** True if no region has a byte in [@start, @end). */
bool regions_free(const struct regions *r, uint64_t start, uint64_t end);

/** 0 if @region can be; -ERR_EINVAL empty, unaligned or above user space; -ERR_EOVERLAP. */
long regions_check(const struct regions *r, const struct region *region);

/** Enters @region. Errors of regions_check(); -ERR_ETOOMANY the table is full. */
long regions_insert(struct regions *r, const struct region *region);

/** Takes out the region that contains @address, into *@removed. -ERR_ENOENT. */
long regions_remove(struct regions *r, uint64_t address, struct region *removed);

/**
 * The lowest start of @size free bytes in the "any" area, aligned to 2^@order (>= 12), with a page
 * free on either side. 0 if there is none.
 */
uint64_t regions_find_free(const struct regions *r, uint64_t size, unsigned order);
