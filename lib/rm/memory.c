/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "idl/dataspace.h"
#include "loader/export.h"
#include "rm/manager.h"
#include "rm/region.h"

/* What dataspaces offer, asked for by address (row D24); region_alloc() is in client.c. */

/** The part of the region at @address up to @end, or to its own end. */
static long region_at(uint64_t address, uint64_t end, unsigned rights, struct region *part)
{
    struct region_attachment a;
    long error = region_lookup((const void *)address, &a);

    if (error)
        return error;
    if (!a.dataspace)
        return -ERR_EINVAL;
    if (rights & ~a.rights)
        return -ERR_EPERM;
    *part = (struct region){.start = address, .end = a.start + a.size, .dataspace = a.dataspace,
                            .offset = a.offset + (address - a.start), .rights = a.rights};
    if (part->end > end)
        part->end = end;
    return 0;
}

EXPORT long region_map(const void *address, uint64_t size, unsigned rights)
{
    uint64_t start = (uint64_t)address & L4_PAGE_MASK;
    uint64_t end = ((uint64_t)address + size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    struct region part;
    long error = 0;

    if (size == 0 || end <= start || rights == 0 || (rights & ~(unsigned)L4_FPAGE_RWX))
        return -ERR_EINVAL;
    for (uint64_t at = start; at < end && !error; at = part.end)
        error = region_at(at, end, rights, &part);
    for (uint64_t at = start; at < end && !error; at = part.end) {
        error = region_at(at, end, rights, &part);
        if (!error)
            error = rm_map_aside(&part, rights);
    }
    return error;
}

EXPORT long region_physical(const void *address, uint64_t *physical, uint64_t *size)
{
    struct region at;
    long error = region_at((uint64_t)address, ~0ull, 0, &at);

    if (!error)
        error = dataspace_phys(at.dataspace, at.offset, physical, size);
    if (!error && *size > at.end - at.start)
        *size = at.end - at.start;
    return error;
}
