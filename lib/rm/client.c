/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/rm.h"
#include "ipc/slots.h"
#include "loader/export.h"
#include "rm/manager.h"
#include "rm/region.h"
#include "thread/self.h"

#include <task/slots.h>

/** Whether @part is still part of a region as it was. */
static bool is_there(const struct region *part)
{
    struct region_attachment a;

    return region_lookup((const void *)part->start, &a) == 0 && a.dataspace == part->dataspace
           && part->end <= a.start + a.size && a.offset + (part->start - a.start) == part->offset;
}

/*
 * Who detaches unmaps after the region is out of the table: if it is still in there, that comes
 * after us.
 */
long rm_map_aside(const struct region *region, unsigned rights)
{
    long error = rm_map(region, 0, region->end - region->start, rights);

    if (is_there(region))
        return error;
    rm_unmap(region);
    return -ERR_ENOENT;
}

/** Maps all of it, on this thread: its manager may be slow. */
static long map_now(const struct region_attachment *a)
{
    const struct region region = {.start = a->start, .end = a->start + a->size,
                                  .dataspace = a->dataspace, .offset = a->offset};
    long error = rm_map_aside(&region, a->rights & L4_FPAGE_RWX);

    if (error && is_there(&region))
        region_detach((const void *)a->start, NULL);
    return error;
}

EXPORT long region_attach(struct region_attachment *a)
{
    l4_cap_t dataspace = a->flags & REGION_RESERVE ? 0 : a->dataspace;
    long error = rm_attach(self()->gate, dataspace, a->offset, a->size, a->start, a->rights,
                           a->flags, a->order, &a->start);

    return !error && dataspace && (a->flags & REGION_MAP_NOW) ? map_now(a) : error;
}

EXPORT long region_detach(const void *address, struct region_attachment *a)
{
    struct region_attachment ignored;

    if (!a)
        a = &ignored;
    *a = (struct region_attachment){0};
    return rm_detach(self()->gate, (uint64_t)address, &a->start, &a->size, &a->dataspace);
}

static long lookup(const void *address, bool next, struct region_attachment *a)
{
    *a = (struct region_attachment){0};
    return rm_lookup(self()->gate, (uint64_t)address, next, &a->start, &a->size, &a->dataspace,
                     &a->offset, &a->rights);
}

EXPORT long region_lookup(const void *address, struct region_attachment *a)
{
    return lookup(address, false, a);
}

EXPORT long region_next(const void *address, struct region_attachment *a)
{
    return lookup(address, true, a);
}

EXPORT void *region_alloc(uint64_t size)
{
    struct region_attachment a = {
        .size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK,
        .dataspace = slots_alloc(),
        .rights = L4_FPAGE_RW,
        .flags = REGION_ANYWHERE | REGION_OWN,
    };

    if (!a.dataspace)
        return NULL;
    if (size == 0 || a.size < size || dm_open(TASK_CAP_DM, a.size, 0, "memory", a.dataspace)) {
        slots_free(a.dataspace);
        return NULL;
    }
    if (region_attach(&a)) {
        slots_release(a.dataspace);
        return NULL;
    }
    return (void *)a.start;
}

EXPORT long region_free(void *memory)
{
    struct region_attachment a;
    long error = region_lookup(memory, &a);

    if (error)
        return error;
    if (a.start != (uint64_t)memory || !a.dataspace)
        return -ERR_EINVAL;
    error = region_detach(memory, NULL);
    if (!error)
        slots_release(a.dataspace);
    return error;
}
