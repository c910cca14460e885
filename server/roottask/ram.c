/* SPDX-License-Identifier: BSD-2-Clause */
#include "ram.h"

#include <l4/fpage.h>

#include "sigma0/client.h"
#include "sigma0/map.h"

enum { CHUNK_ORDER = 22, PIECE_ORDER_MAX = 22 };

static struct regions regions; /* what sigma0 has given */
static struct region first_entries[512];
static uint64_t at_sigma0; /* bytes sigma0 still has for us, as far as we know */

void ram_init(const struct l4_kip *kip)
{
    struct regions all = {0};
    static struct region entries[256];

    regions_give_spares(&all, entries, sizeof entries);
    if (sigma0_map(&all, kip))
        at_sigma0 = regions_sum(&all, SIGMA0_FREE);
    regions_give_spares(&regions, first_entries, sizeof first_entries);
}

/* Spare entries for the next changes. Before anything is looked up: it may take a free page. */
static bool prepare(void)
{
    return regions_reserve(&regions, RAM_ROOT);
}

static bool set(uint64_t start, uint64_t end, uint32_t owner)
{
    struct region r = {.start = start, .end = end, .owner = owner, .counted = true};
    return regions_set(&regions, &r);
}

/* A new free piece from sigma0: a large one, or else one that just suffices. */
static bool refill(unsigned order)
{
    unsigned ask = order > CHUNK_ORDER ? order : CHUNK_ORDER;

    for (;; ask--) {
        uint64_t start, size = 1ull << ask;
        if (sigma0_get_any(L4_BASE_PAGER_CAP, ask, sigma0_everywhere(), &start) == 0) {
            at_sigma0 -= at_sigma0 < size ? at_sigma0 : size;
            return set(start, start + size, REGION_FREE);
        }
        if (ask == order)
            return false;
    }
}

bool ram_take(unsigned order, uint32_t owner, paddr_t *start)
{
    if (!prepare())
        return false;
    if (!regions_find_free(&regions, order, &start->raw)
        && !(refill(order) && regions_find_free(&regions, order, &start->raw)))
        return false;
    return set(start->raw, start->raw + (1ull << order), owner);
}

bool ram_take_at(paddr_t start, unsigned order, uint32_t owner)
{
    uint64_t size = 1ull << order, end = start.raw + size;

    if (!prepare())
        return false;
    if (regions_available(&regions, start.raw, end, REGION_FREE))
        return set(start.raw, end, owner);
    if (regions_others(&regions, start.raw, end, REGION_FREE)
        || sigma0_get_ram(L4_BASE_PAGER_CAP, start.raw, order, sigma0_everywhere()) < 0)
        return false;
    at_sigma0 -= at_sigma0 < size ? at_sigma0 : size;
    return set(start.raw, end, owner);
}

unsigned piece_order(uint64_t at, uint64_t end)
{
    unsigned order = PIECE_ORDER_MAX;

    while (order > L4_PAGE_SHIFT && (at & ((1ull << order) - 1) || at + (1ull << order) > end))
        order--;
    return order;
}

bool ram_claim(paddr_t start, paddr_t end)
{
    uint64_t at = start.raw & L4_PAGE_MASK;
    uint64_t last = (end.raw + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;

    for (unsigned order; at < last; at += 1ull << order) {
        order = piece_order(at, last);
        if (!prepare() || sigma0_get_ram(L4_BASE_PAGER_CAP, at, order, sigma0_everywhere()) < 0
            || !set(at, at + (1ull << order), RAM_ROOT))
            return false;
    }
    return true;
}

void ram_give(paddr_t start, paddr_t end)
{
    if (prepare())
        set(start.raw & L4_PAGE_MASK, (end.raw + L4_PAGE_SIZE - 1) & L4_PAGE_MASK, REGION_FREE);
}

void ram_give_all(uint32_t owner)
{
    const struct region *r = regions.first;

    while (r) {
        if (r->owner == owner && prepare() && set(r->start, r->end, REGION_FREE))
            r = regions.first; /* the list has changed */
        else
            r = r->next;
    }
}

uint64_t ram_free(void)
{
    return regions_sum(&regions, REGION_FREE) + at_sigma0;
}

uint64_t ram_of(uint32_t owner)
{
    return regions_sum(&regions, owner);
}
