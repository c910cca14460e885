/* SPDX-License-Identifier: BSD-2-Clause */
#include "ram.h"

#include <l4/fpage.h>

#include "sigma0/client.h"
#include "sigma0/map.h"

enum { CHUNK_ORDER = 22, PIECE_ORDER_MAX = 22 };

static struct regions regions; /* what sigma0 has given */
static struct region first_entries[512];
/*
 * What sigma0 still has for us, as far as we know. With more pieces than entries it goes on saying
 * so of what is here by now: `regions` decides.
 */
static struct regions left;

void ram_init(const struct l4_kip *kip)
{
    static struct region entries[512];

    regions_give_spares(&left, entries, sizeof entries);
    if (!sigma0_map(&left, kip))
        left = (struct regions){0};
    regions_give_spares(&regions, first_entries, sizeof first_entries);
}

static void not_left(uint64_t start, uint64_t size)
{
    struct region r = {.start = start, .end = start + size, .owner = SIGMA0_ROOT, .counted = true};

    regions_set(&left, &r);
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
            not_left(start, size);
            return set(start, start + size, REGION_FREE);
        }
        if (ask == order)
            return false;
    }
}

/*
 * Fetches [start, end), which sigma0 should still have unless it is free here, for @owner. Takes no
 * page for entries, which could be one of these: the first piece needs some, the others join it.
 */
static bool fetch(uint64_t start, uint64_t end, uint32_t owner)
{
    uint64_t at = start;

    if (regions_others(&regions, start, end, REGION_FREE))
        return false;
    for (unsigned order; at < end; at += 1ull << order) {
        order = piece_order(at, end);
        if (regions.spares < REGIONS_STEP
            || sigma0_get_ram(L4_BASE_PAGER_CAP, at, order, sigma0_everywhere()) < 0)
            break;
        not_left(at, 1ull << order);
        if (!set(at, at + (1ull << order), owner))
            break;
    }
    if (at < end && at > start)
        ram_give((paddr_t){start}, (paddr_t){at});
    return at >= end;
}

static bool allows(const struct ram_owner *owner, uint64_t size)
{
    uint64_t has = ram_of(owner->number);

    return has <= owner->max && size <= owner->max - has;
}

/* What @wish says, for @owner: of what is free here, or else of what sigma0 still has. */
static bool get(const struct region_wish *wish, uint32_t owner, uint64_t *start)
{
    if (regions_find(&regions, wish, start))
        return set(*start, *start + wish->size, owner);
    return regions_find(&left, wish, start) && fetch(*start, *start + wish->size, owner);
}

bool ram_take(unsigned order, const struct ram_owner *owner, paddr_t *start)
{
    uint64_t size = 1ull << order;
    struct region_wish wish = {size, size, owner->start, owner->end};
    bool anywhere = owner->start == 0 && owner->end == ~0ull;

    if (!allows(owner, size) || !prepare())
        return false;
    if (anywhere && !regions_find(&regions, &wish, &start->raw) && !refill(order))
        return false;
    return get(&wish, owner->number, &start->raw);
}

bool ram_reserve(uint64_t size, uint64_t alignment, const struct ram_owner *owner, paddr_t *start)
{
    struct region_wish wish = {size, alignment, owner->start, owner->end};

    return allows(owner, size) && prepare() && get(&wish, owner->number, &start->raw);
}

bool ram_owned(paddr_t start, paddr_t end, uint32_t owner)
{
    return !regions_others(&regions, start.raw, end.raw, owner)
           && regions_available(&regions, start.raw, end.raw, owner);
}

bool ram_take_at(paddr_t start, unsigned order, const struct ram_owner *owner)
{
    uint64_t size = 1ull << order, end = start.raw + size;

    if (ram_owned(start, (paddr_t){end}, owner->number))
        return true;
    if (start.raw < owner->start || end > owner->end || !allows(owner, size) || !prepare())
        return false;
    if (regions_available(&regions, start.raw, end, REGION_FREE))
        return set(start.raw, end, owner->number);
    return fetch(start.raw, end, owner->number);
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
    return regions_sum(&regions, REGION_FREE) + regions_sum(&left, SIGMA0_FREE);
}

uint64_t ram_of(uint32_t owner)
{
    return regions_sum(&regions, owner);
}
