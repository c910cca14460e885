/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What no task uses any more is kept for the next start, within limits: objects and linked sets.
 * What was used longest ago leaves first, with all it holds (row X20). What was made of a client's
 * image is not kept.
 */

struct cache_limit {
    uint64_t bytes;   /* that may be kept without a user; 0: nothing is */
    unsigned entries; /* objects and sets */
};

/** Sets the limits. */
void cache_init(const struct cache_limit *limit);

/** Counts up: a time for `used_at`. */
uint64_t cache_now(void);

/**
 * Drops everything that nobody uses, if memory is short: less is free than the cache may hold. True
 * if there was something: what has failed for want of memory may be tried again.
 */
bool cache_give_up(void);

/** Drops what is too much. Called when somebody has ceased to use something. */
void cache_trim(void);

/** Objects and sets that tasks or openings use, and others. */
struct cache_usage {
    unsigned objects, sets;
    unsigned cached_objects, cached_sets;
    uint64_t cached_bytes;
};
struct cache_usage cache_usage(void);
