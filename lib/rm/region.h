/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>
#include <l4/types.h>

/*
 * What a program asks of its region manager (paper 2.2): attach dataspaces to its address space.
 * The region manager is a thread of libloader.so in the same task; these are calls to it.
 */

enum region_flags {
    REGION_ANYWHERE = 1, /* the region manager chooses the address */
    REGION_MAP_NOW = 2,  /* map all pages before returning: no fault later */
    REGION_RESERVE = 4,  /* keep the range free, nothing is attached: touching it is a fault */
    REGION_GUARD = 8,    /* with ANYWHERE: keep REGION_GUARD_SIZE bytes below free, as a region of its own */
    REGION_OWN = 16,    /* the dataspace is known to be of the task's own manager: it need not be asked */
};

/** A frame larger than this can jump over a guard; keeping addresses free costs nothing. */
#define REGION_GUARD_SIZE 0x10000

/** A request to attach, or what a lookup found. All page aligned. */
struct region_attachment {
    uint64_t start; /* address; ignored with REGION_ANYWHERE */
    uint64_t size;  /* bytes */
    l4_cap_t dataspace;
    uint64_t offset;   /* in the dataspace */
    unsigned rights;   /* L4_FPAGE_R, _W, _X */
    unsigned flags;    /* REGION_* */
    unsigned order;    /* log2 of the alignment with REGION_ANYWHERE; 0: page */
};

/**
 * Attaches a dataspace; a->start is set to where it is. The capability stays the caller's: it must
 * not be released before the region is detached. -ERR_EOVERLAP something is there; -ERR_ENOMEM no
 * room; -ERR_EINVAL unaligned or empty; with REGION_MAP_NOW any error of the manager.
 */
long region_attach(struct region_attachment *a);

/**
 * Detaches the region that contains @address: its pages are unmapped, the next access is an
 * unknown fault. *@a (may be null) tells what it was. -ERR_ENOENT.
 */
long region_detach(const void *address, struct region_attachment *a);

/** The region that contains @address. -ERR_ENOENT. */
long region_lookup(const void *address, struct region_attachment *a);

/** The region at or, if there is none, the next one behind @address: to list all. -ERR_ENOENT. */
long region_next(const void *address, struct region_attachment *a);

/**
 * New zeroed memory of @size bytes (rounded up to pages) from the task's dataspace session,
 * attached readable and writable anywhere. Null if there is none.
 */
void *region_alloc(uint64_t size);

/** Gives back what region_alloc() returned. -ERR_ENOENT, -ERR_EINVAL if @memory is not a start. */
long region_free(void *memory);

/**
 * Maps all pages of [@address, @address + @size) with @rights (L4_FPAGE_*), which must be attached
 * with them: no fault later. -ERR_ENOENT, -ERR_EPERM, -ERR_EINVAL (a reserved range); any error of
 * the manager, with a part mapped.
 */
long region_map(const void *address, uint64_t size, unsigned rights);

/**
 * Where the memory at @address is physically, and how many bytes from there are contiguous.
 * -ERR_ENOENT;
 * -ERR_EPERM: it is not device memory (idl/dm.idl), so that the address could change at any time.
 */
long region_physical(const void *address, uint64_t *physical, uint64_t *size);
