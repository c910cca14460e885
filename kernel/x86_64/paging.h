/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "quota.h"
#include "types.h"

struct mapping;

/* Kernel address space: direct map of the heap, and the image in the top 2 GiB. */
#define DIRECT_MAP   0xffff800000000000ull
#define KERNEL_IMAGE 0xffffffff80000000ull /* virtual address of physical 0 as linked */

static inline void *phys_to_virt(paddr_t pa)
{
    return (void *)(pa.raw + DIRECT_MAP);
}

/** Physical address of heap memory. */
static inline paddr_t heap_to_phys(const void *p)
{
    return (paddr_t){(uint64_t)p - DIRECT_MAP};
}

/** Caching types as page table bits; the write-combining one needs the PAT that cpu.c sets up. */
enum { PTE_UNCACHED = 0x18, PTE_WRITE_COMBINING = 0x80, PTE_CACHE_MASK = 0x98 };

/** A page table entry taken apart. */
struct page {
    paddr_t frame;
    unsigned rights; /* L4_FPAGE_R | W | X; 0: not present */
    unsigned cache;  /* PTE_* */
};

#define SPACE_TABLE_SPAN (1ull << 21) /* bytes that one last-level table describes */
#define SPACE_LEAVES     4

/**
 * User half of an address space. Each last-level table is followed by a page of pointers: for
 * each present entry its node in the mapping database, or NULL for ku_mem, which has none.
 */
struct space {
    uint64_t *root;      /* top-level table */
    uint64_t root_phys;  /* its physical address */
    struct quota *quota; /* pays for tables and mappings */
    /* Last-level tables used lately, by number; NULL: none. Tables live as long as the space. */
    struct leaf {
        uint64_t *table;
        uint64_t number; /* addresses / SPACE_TABLE_SPAN */
    } leaves[SPACE_LEAVES];
    bool everything;     /* sigma0: any address maps to itself, made up on demand */
    bool closed;         /* the task is dead: nothing is mapped any more */
};

/** Where one page of a space is described. */
struct slot {
    uint64_t *pte;
    struct mapping **mapping;
};

/** Builds the final kernel page tables and direct-maps the heap [@start, @end). */
void paging_init(paddr_t start, paddr_t end);

bool space_init(struct space *space);
/** From now on nothing can be mapped there, and its threads find themselves in empty space. */
void space_close(struct space *space);
/** Frees all tables, with pauses (work.h); nothing with a mapping may be left. */
void space_free(struct space *space);
/** How many pages of heap its tables take. */
size_t space_pages(const struct space *space);
/** Loads it if it is not loaded. */
void space_load(const struct space *space);

/** The slot for @va, allocating tables if @allocate; false: there is none. */
bool space_slot(struct space *space, uint64_t va, bool allocate, struct slot *slot);

/** First address at or behind @va (page aligned) that has a last-level table; USER_END: none. */
uint64_t space_next(const struct space *space, uint64_t va);
/** The same, but may stop short of that: what it skips at most is bounded (to be called again). */
uint64_t space_skip(const struct space *space, uint64_t va);

struct page page_get(const struct slot *slot);
/** Writes the entry for @va and flushes it where it may be cached. rights 0: not present. */
void page_set(struct space *space, uint64_t va, const struct slot *slot, struct page page);

/** Shows the I/O bitmap @bitmap (8 KiB of heap, NULL: no port) to the CPU. */
void paging_set_io_bitmap(const void *bitmap);
