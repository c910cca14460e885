/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/** A dataspace that exec holds and has mapped. */
struct memory {
    l4_cap_t dataspace;
    void *address;
    uint64_t size; /* bytes, whole pages */
};

/**
 * Opens @size zeroed bytes called @name on exec's own session and maps them writable. @memory is
 * all zero if that fails.
 */
long memory_open(struct memory *memory, uint64_t size, const char *name);

/**
 * The same, but sparse, and only room for it in the address space: what memory_map() is called for
 * is there and paid for, the rest is neither.
 */
long memory_reserve(struct memory *memory, uint64_t size, const char *name);

/** Maps [@start, @end), whole pages, of reserved memory, writable; again is no harm. */
long memory_map(const struct memory *memory, uint64_t start, uint64_t end);

/**
 * Snapshot (copy-on-write copy) of @size bytes at @offset of @source, mapped with
 * @rights (L4_FPAGE_*). -ERR_EFOREIGN if @source is not one of dm_phys's: no other manager's memory
 * is read here (design rule 8).
 */
struct memory_source {
    l4_cap_t session; /* of DM_PHYS, that pays for the copy; 0: exec's own */
    l4_cap_t dataspace;
    uint64_t offset;
    uint64_t size;
};
long memory_snapshot(struct memory *memory, const struct memory_source *source, unsigned rights,
                     const char *name);

/** Unmaps and gives back. */
void memory_close(struct memory *memory);
