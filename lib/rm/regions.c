/* SPDX-License-Identifier: BSD-2-Clause */
#include "rm/regions.h"

#include "errors/errors.h"

#define USER_END (1ull << 47)

/** Index of the first region that ends behind @address. */
static unsigned first_behind(const struct regions *r, uint64_t address)
{
    unsigned low = 0, high = r->count;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (r->table[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct region *regions_next(const struct regions *r, uint64_t address)
{
    unsigned i = first_behind(r, address);
    return i < r->count ? &r->table[i] : NULL;
}

struct region *regions_lookup(const struct regions *r, uint64_t address)
{
    struct region *region = regions_next(r, address);
    return region && region->start <= address ? region : NULL;
}

bool regions_free(const struct regions *r, uint64_t start, uint64_t end)
{
    struct region *region = regions_next(r, start);
    return !region || region->start >= end;
}

long regions_check(const struct regions *r, const struct region *region)
{
    if (region->start >= region->end || region->end > USER_END
        || ((region->start | region->end | region->offset) & ~L4_PAGE_MASK))
        return -ERR_EINVAL;
    return regions_free(r, region->start, region->end) ? 0 : -ERR_EOVERLAP;
}

long regions_insert(struct regions *r, const struct region *region)
{
    long error = regions_check(r, region);

    if (error)
        return error;
    if (r->count == r->capacity)
        return -ERR_ETOOMANY;

    unsigned place = first_behind(r, region->start);
    for (unsigned i = r->count; i > place; i--)
        r->table[i] = r->table[i - 1];
    r->table[place] = *region;
    r->count++;
    return 0;
}

long regions_remove(struct regions *r, uint64_t address, struct region *removed)
{
    struct region *region = regions_lookup(r, address);

    if (!region)
        return -ERR_ENOENT;
    *removed = *region;
    r->count--;
    for (unsigned i = (unsigned)(region - r->table); i < r->count; i++)
        r->table[i] = r->table[i + 1];
    return 0;
}

uint64_t regions_find_free(const struct regions *r, uint64_t size, unsigned order)
{
    if (order < L4_PAGE_SHIFT || order > 46 || size == 0 || size > r->any_end - r->any_start)
        return 0;

    uint64_t align = 1ull << order;
    uint64_t start = (r->any_start + L4_PAGE_SIZE + align - 1) & ~(align - 1);
    while (start + size + L4_PAGE_SIZE <= r->any_end) {
        struct region *in_the_way = regions_next(r, start - L4_PAGE_SIZE);
        if (!in_the_way || in_the_way->start >= start + size + L4_PAGE_SIZE)
            return start;
        start = (in_the_way->end + L4_PAGE_SIZE + align - 1) & ~(align - 1);
    }
    return 0;
}
