/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/** Flexpage word (ABI 5.1): rights 3..0, type 5..4, order 11..6, address/port/slot 63..12. */
typedef struct {
    uint64_t raw;
} l4_fpage_t;

enum l4_fpage_type {
    L4_FPAGE_SPECIAL = 0,
    L4_FPAGE_MEMORY = 1,
    L4_FPAGE_IO = 2,
    L4_FPAGE_OBJ = 3,
};

/** Rights of memory. Not to be mixed with rights of capabilities. */
enum {
    L4_FPAGE_X = 0x1,
    L4_FPAGE_W = 0x2,
    L4_FPAGE_R = 0x4,
    L4_FPAGE_RW = 0x6,
    L4_FPAGE_RX = 0x5,
    L4_FPAGE_RWX = 0x7,
};

#define L4_WHOLE_SPACE 63 /* order that means "everything" */

/** Memory flexpage: @address aligned to 2^@order bytes, order >= 12. */
static inline l4_fpage_t l4_fpage_mem(uint64_t address, unsigned order, unsigned rights)
{
    return (l4_fpage_t){(address & L4_PAGE_MASK) | (order << 6) | (L4_FPAGE_MEMORY << 4) | rights};
}

/** I/O flexpage: ports [@port, @port + 2^@order), order 0..16. */
static inline l4_fpage_t l4_fpage_io(uint64_t port, unsigned order, unsigned rights)
{
    return (l4_fpage_t){(port << 12) | (order << 6) | (L4_FPAGE_IO << 4) | rights};
}

/** Object flexpage: 2^@order slots from that of @cap, rights L4_CAP_*. */
static inline l4_fpage_t l4_fpage_obj(l4_cap_t cap, unsigned order, unsigned rights)
{
    return (l4_fpage_t){(cap & L4_PAGE_MASK) | (order << 6) | (L4_FPAGE_OBJ << 4) | rights};
}

/** All spaces: as receive window accepts any type (ABI 5.1). */
static inline l4_fpage_t l4_fpage_all(void)
{
    return (l4_fpage_t){L4_WHOLE_SPACE << 6};
}

/** All of memory: as receive window, pages go where their hot spots say (ABI 5.1). */
static inline l4_fpage_t l4_fpage_all_memory(void)
{
    return l4_fpage_mem(0, L4_WHOLE_SPACE, 0);
}

/** Order of the largest aligned flexpage of pages that starts at @start and ends by @end. */
static inline unsigned l4_fpage_fit(uint64_t start, uint64_t end)
{
    unsigned order = L4_PAGE_SHIFT;

    while (!(start & (1ull << order)) && (2ull << order) <= end - start)
        order++;
    return order;
}

static inline unsigned l4_fpage_rights(l4_fpage_t f)
{
    return f.raw & 0xf;
}

static inline enum l4_fpage_type l4_fpage_type(l4_fpage_t f)
{
    return (enum l4_fpage_type)((f.raw >> 4) & 3);
}

static inline unsigned l4_fpage_order(l4_fpage_t f)
{
    return (f.raw >> 6) & 0x3f;
}

/** Memory: address. Objects: selector. */
static inline uint64_t l4_fpage_address(l4_fpage_t f)
{
    return f.raw & L4_PAGE_MASK;
}

/** I/O: port. Objects: slot index. */
static inline uint64_t l4_fpage_index(l4_fpage_t f)
{
    return f.raw >> 12;
}

/* Send item word 0 (ABI 5.2) */
#define L4_ITEM_CONT      0x1ull
#define L4_ITEM_GRANT     0x2ull
#define L4_ITEM_MAP       0x8ull
#define L4_ITEM_ATTR_MASK 0xf0ull

/* Memory attributes in bits 7..4 of item word 0 (ABI 5.3) */
#define L4_ITEM_UNCACHED   0x10ull
#define L4_ITEM_CACHED     0x30ull
#define L4_ITEM_BUFFERED   0x50ull

/* Object attributes in bits 7..4 of item word 0 (ABI 5.4) */
#define L4_ITEM_WEAK       0x10ull /* copy that does not count as a reference */
#define L4_ITEM_SERVER     0x20ull /* gate: keep the server right */

/* Receive item word 0 (ABI 5.5) */
#define L4_RCV_FORWARD     0x1ull
#define L4_RCV_SMALL       0x2ull
#define L4_RCV_LOCAL_ID    0x4ull
#define L4_RCV_MAP         0x8ull

/* Result kind in bits 2..1 of a received item's word 0 (ABI 5.6) */
#define L4_RESULT_MASK     0x6ull
#define L4_RESULT_MAPPED   0x0ull
#define L4_RESULT_NOTHING  0x2ull
#define L4_RESULT_LABEL    0x4ull
#define L4_RESULT_FPAGE    0x6ull

/* Unmap masks (ABI 7.2) */
#define L4_UNMAP_CHILDREN   0x0ull
#define L4_UNMAP_ALL_SPACES 0x80000000ull
#define L4_UNMAP_DELETE     0xc0000000ull
