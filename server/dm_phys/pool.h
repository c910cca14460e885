/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "frames.h"

/*
 * Objects of one size, kept in frames of the manager's own: tree nodes, dataspaces, sessions.
 * A frame without objects goes back at once, so books are exact.
 */

struct slab;

struct pool {
    const char *name; /* for the books */
    struct frames *frames;
    unsigned object_size;
    unsigned per_slab;
    uint64_t used; /* objects */
    uint64_t available; /* free objects in slabs that exist */
    uint64_t slabs;
    uint64_t empty;     /* slabs without objects: only during a reservation */
    struct slab *partial; /* slabs with at least one free object */
    unsigned spared; /* objects promised by pool_reserve(): empty slabs are kept for them */
};

/** Objects of @object_size bytes (multiple of 8, at most 1 KiB). */
void pool_init(struct pool *pool, struct frames *frames, const char *name, unsigned object_size);

/** Makes sure the next @count allocations succeed, until pool_unreserve(). -L4_ENOMEM. */
long pool_reserve(struct pool *pool, unsigned count);

/** Ends a reservation: slabs that turned out not to be needed go back. */
void pool_unreserve(struct pool *pool);

/** A zeroed object; null if out of memory. */
void *pool_alloc(struct pool *pool);

void pool_free(struct pool *pool, void *object);
