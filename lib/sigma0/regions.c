/* SPDX-License-Identifier: BSD-2-Clause */
#include "sigma0/regions.h"

static void spare(struct regions *regions, struct region *entry)
{
    entry->next = regions->spare;
    regions->spare = entry;
    regions->spares++;
}

void regions_give_spares(struct regions *regions, void *memory, size_t size)
{
    struct region *entries = memory;
    for (size_t i = 0; i < size / sizeof *entries; i++)
        spare(regions, &entries[i]);
}

/* A copy of @value behind @link. */
static struct region *insert(struct regions *regions, struct region **link,
                             const struct region *value)
{
    struct region *entry = regions->spare;

    regions->spare = entry->next;
    regions->spares--;
    *entry = *value;
    entry->next = *link;
    *link = entry;
    return entry;
}

static void take_out(struct regions *regions, struct region **link)
{
    struct region *entry = *link;
    *link = entry->next;
    spare(regions, entry);
}

/* A region that begins before @start ends there; what it has behind @end becomes one of its own. */
static void cut(struct regions *regions, struct region *r, uint64_t start, uint64_t end)
{
    struct region rest = *r;

    r->end = start;
    if (rest.end > end) {
        rest.start = end;
        insert(regions, &r->next, &rest);
    }
}

/* Empties [start, end); returns the link where a region for it belongs. Needs one spare. */
static struct region **clear(struct regions *regions, uint64_t start, uint64_t end)
{
    struct region **link = &regions->first;

    while (*link && (*link)->end <= start)
        link = &(*link)->next;
    if (*link && (*link)->start < start) {
        cut(regions, *link, start, end);
        link = &(*link)->next;
    }
    while (*link && (*link)->end <= end)
        take_out(regions, link);
    if (*link && (*link)->start < end)
        (*link)->start = end;
    return link;
}

static bool alike(const struct region *a, const struct region *b)
{
    return a->end == b->start && a->owner == b->owner && a->rights == b->rights
           && a->counted == b->counted;
}

/* Joins @at with the regions behind it that continue it. */
static void join(struct regions *regions, struct region *at)
{
    while (at->next && alike(at, at->next)) {
        at->end = at->next->end;
        take_out(regions, &at->next);
    }
}

static struct region *before(struct regions *regions, const struct region *entry)
{
    struct region *r = regions->first;
    while (r && r->next != entry)
        r = r->next;
    return r;
}

bool regions_set(struct regions *regions, const struct region *new)
{
    if (new->start >= new->end || regions->spares < REGIONS_STEP)
        return false;
    struct region **link = clear(regions, new->start, new->end);
    struct region *entry = insert(regions, link, new);
    struct region *previous = before(regions, entry);
    join(regions, entry);
    if (previous)
        join(regions, previous);
    return true;
}

const struct region *regions_at(const struct regions *regions, uint64_t address)
{
    for (const struct region *r = regions->first; r && r->start <= address; r = r->next)
        if (address < r->end)
            return r;
    return NULL;
}

bool regions_available(const struct regions *regions, uint64_t start, uint64_t end, uint32_t owner)
{
    for (const struct region *r = regions->first; r && start < end; r = r->next) {
        if (r->end <= start)
            continue;
        if (r->start > start || (r->owner != REGION_FREE && r->owner != owner))
            return false;
        start = r->end;
    }
    return start >= end;
}

bool regions_others(const struct regions *regions, uint64_t start, uint64_t end, uint32_t owner)
{
    for (const struct region *r = regions->first; r; r = r->next)
        if (r->start < end && start < r->end && r->owner != owner)
            return true;
    return false;
}

bool regions_find(const struct regions *regions, const struct region_wish *wish, uint64_t *start)
{
    bool found = false;

    for (const struct region *r = regions->first; r; r = r->next) {
        uint64_t low = r->start > wish->start ? r->start : wish->start;
        uint64_t high = r->end < wish->end ? r->end : wish->end;
        if (r->owner != REGION_FREE || !r->counted || high < low || high - low < wish->size)
            continue;
        uint64_t at = (high - wish->size) & ~(wish->alignment - 1);
        if (at >= low) {
            *start = at;
            found = true;
        }
    }
    return found;
}

bool regions_find_free(const struct regions *regions, unsigned order, uint64_t *start)
{
    uint64_t size = 1ull << order;
    struct region_wish wish = {.size = size, .alignment = size, .start = 0, .end = ~0ull};

    return regions_find(regions, &wish, start);
}

uint64_t regions_sum(const struct regions *regions, uint32_t owner)
{
    uint64_t sum = 0;
    for (const struct region *r = regions->first; r; r = r->next)
        if (r->counted && r->owner == owner)
            sum += r->end - r->start;
    return sum;
}

uint64_t regions_total(const struct regions *regions)
{
    uint64_t sum = 0;
    for (const struct region *r = regions->first; r; r = r->next)
        if (r->counted)
            sum += r->end - r->start;
    return sum;
}

bool regions_next_owner(const struct regions *regions, uint32_t *owner)
{
    bool found = false;
    uint32_t best = 0;

    for (const struct region *r = regions->first; r; r = r->next)
        if (r->counted && r->owner > *owner && (!found || r->owner < best)) {
            best = r->owner;
            found = true;
        }
    *owner = best;
    return found;
}

enum { RESERVE = 4 * REGIONS_STEP, PAGE_ORDER = 12 };

bool regions_reserve(struct regions *regions, uint32_t owner)
{
    struct region page = {.owner = owner, .counted = true};

    if (regions->spares >= RESERVE)
        return true;
    if (!regions_find_free(regions, PAGE_ORDER, &page.start))
        return regions->spares >= REGIONS_STEP;
    page.end = page.start + (1u << PAGE_ORDER);
    if (!regions_set(regions, &page))
        return false;
    regions_give_spares(regions, (void *)(uintptr_t)page.start, 1u << PAGE_ORDER);
    return true;
}
