/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>
#include <stdbool.h>

#include "types.h"

/*
 * RAM: obtained from sigma0 in large pieces when it is needed, handed out to owners, mapped here
 * one-to-one. Never given back to sigma0; what an owner leaves is free here.
 */

enum ram_owner_number {
    RAM_ROOT = 1,   /* roottask itself, and files of the boot loader */
    RAM_MODULE = 2, /* + index of the boot module */
};

/** For whom RAM is taken, and within which bounds. */
struct ram_owner {
    uint32_t number;     /* enum ram_owner_number */
    uint64_t max;        /* bytes it may have in all */
    uint64_t start, end; /* physical addresses where they lie */
};

/** Learns from @kip how much there is. */
void ram_init(const struct l4_kip *kip);

/**
 * 2^@order bytes (12..30), aligned, within the bounds of @owner, contents undefined. False: none
 * left, or more than its quota.
 */
bool ram_take(unsigned order, const struct ram_owner *owner, paddr_t *start);

/**
 * @size bytes (whole pages) aligned to @alignment, a power of two, within the bounds of @owner: the
 * highest there are. False as for ram_take().
 */
bool ram_reserve(uint64_t size, uint64_t alignment, const struct ram_owner *owner, paddr_t *start);

/**
 * 2^@order bytes at @start, aligned; what is @owner's already is fine. False: not free, no RAM,
 * quota.
 */
bool ram_take_at(paddr_t start, unsigned order, const struct ram_owner *owner);

/** True if [@start, @end) is all @owner's. */
bool ram_owned(paddr_t start, paddr_t end, uint32_t owner);

/** Maps the pages of [@start, @end), which the boot loader left for us. False: sigma0 refuses. */
bool ram_claim(paddr_t start, paddr_t end);

/** The pages of [@start, @end), claimed or taken, are free from now on. */
void ram_give(paddr_t start, paddr_t end);

/** All that @owner has is free; nobody else has it mapped any more. */
void ram_give_all(uint32_t owner);

/** Bytes that can still be had, from here or from sigma0. */
uint64_t ram_free(void);

/** Bytes that @owner has. */
uint64_t ram_of(uint32_t owner);

/**
 * Largest order so that @at, a multiple of the page size, is aligned and the piece ends by @end.
 */
unsigned piece_order(uint64_t at, uint64_t end);
