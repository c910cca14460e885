/* SPDX-License-Identifier: BSD-2-Clause */
#include "sigma0/map.h"

#include <l4/fpage.h>

static uint64_t page_up(uint64_t address)
{
    return (address + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

static bool add_ram(struct regions *map, struct l4_mem_desc d)
{
    struct region r = {.start = page_up(l4_mem_desc_start(d)),
                       .end = l4_mem_desc_end(d) & L4_PAGE_MASK,
                       .owner = SIGMA0_FREE,
                       .rights = L4_FPAGE_RWX,
                       .counted = true};
    return r.start >= r.end || regions_set(map, &r);
}

/* Gives [@r->start, @r->end) to @r->owner, piece by piece: each keeps whether it is counted. */
static bool override(struct regions *map, const struct region *r)
{
    uint64_t at = r->start;

    while (at < r->end) {
        const struct region *old = regions_at(map, at);
        struct region piece = *r;
        piece.start = at;
        piece.counted = old && old->counted;
        if (old && old->end < r->end)
            piece.end = old->end;
        for (const struct region *n = map->first; !old && n; n = n->next)
            if (n->start > at && n->start < piece.end)
                piece.end = n->start;
        at = piece.end;
        if (!regions_set(map, &piece))
            return false;
    }
    return true;
}

static bool add_other(struct regions *map, struct l4_mem_desc d)
{
    struct region r = {.start = l4_mem_desc_start(d) & L4_PAGE_MASK,
                       .end = page_up(l4_mem_desc_end(d))};

    switch (l4_mem_desc_type(d)) {
    case L4_MEM_RESERVED:
    case L4_MEM_KERNEL_TMP:
        r.owner = SIGMA0_KERNEL;
        break;
    case L4_MEM_DEDICATED:
        r.owner = SIGMA0_SELF;
        break;
    case L4_MEM_BOOTLOADER:
        r.owner = SIGMA0_ROOT;
        r.rights = l4_mem_desc_subtype(d) & L4_FPAGE_RWX;
        break;
    case L4_MEM_INFO:
    case L4_MEM_ARCH:
    case L4_MEM_SHARED:
        r.owner = SIGMA0_DEVICES;
        break;
    default:
        return true;
    }
    return override(map, &r);
}

static bool add_all(struct regions *map, const struct l4_kip *kip, bool ram)
{
    const struct l4_mem_desc *desc =
        (const struct l4_mem_desc *)((const char *)kip + kip->mem_desc_at);

    for (unsigned i = 0; i < kip->mem_desc_slots; i++) {
        bool is_ram = l4_mem_desc_type(desc[i]) == L4_MEM_CONVENTIONAL;
        if (desc[i].low & L4_MEM_VIRTUAL || is_ram != ram)
            continue;
        if (!(ram ? add_ram(map, desc[i]) : add_other(map, desc[i])))
            return false;
    }
    return true;
}

bool sigma0_map(struct regions *map, const struct l4_kip *kip)
{
    return add_all(map, kip, true) && add_all(map, kip, false);
}
