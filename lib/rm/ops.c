/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "idl/rm.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"
#include "rm/manager.h"
#include "rm/region.h"
#include "rm/slow.h"

/* Operations of the region manager (idl/rm.idl), one function each, on its own thread. */

static long op_attach(struct ipc_call *call, uint64_t dataspace, uint64_t offset, uint64_t size,
                      uint64_t address, uint32_t rights, uint32_t flags, uint32_t order,
                      uint64_t *start)
{
    struct region_manager *rm = call->server->data;
    struct region region = {
        .start = address,
        .dataspace = flags & REGION_RESERVE ? 0 : dataspace,
        .offset = offset,
        .rights = rights & L4_FPAGE_RWX,
        .slow = !(flags & (REGION_OWN | REGION_RESERVE)) && rm_slow_is(dataspace),
    };

    if (size == 0 || (!region.dataspace && !(flags & REGION_RESERVE)))
        return -ERR_EINVAL;
    long error = rm_make_room(rm);
    if (error)
        return error;
    uint64_t guard = flags & REGION_GUARD ? REGION_GUARD_SIZE : 0;
    if (size + guard < size || (guard && (!(flags & REGION_ANYWHERE) || order > L4_PAGE_SHIFT)))
        return -ERR_EINVAL;
    if (flags & REGION_ANYWHERE)
        region.start = regions_find_free(&rm->regions, size + guard, order ? order : L4_PAGE_SHIFT);
    if (!region.start)
        return -ERR_ENOMEM;
    struct region below = {.start = region.start, .end = region.start + guard};
    region.start += guard;
    region.end = region.start + size;
    error = regions_insert(&rm->regions, &region);
    if (!error && guard)
        error = regions_insert(&rm->regions, &below);
    if (error)
        return error;
    *start = region.start;
    return 0;
}

static long op_detach(struct ipc_call *call, uint64_t address, uint64_t *start, uint64_t *size,
                      uint64_t *dataspace)
{
    struct region_manager *rm = call->server->data;
    struct region removed;
    long error = regions_remove(&rm->regions, address, &removed);

    if (error)
        return error;
    rm_slow_forget(&removed);
    rm_unmap(&removed);
    *start = removed.start;
    *size = removed.end - removed.start;
    *dataspace = removed.dataspace;
    return 0;
}

static long op_lookup(struct ipc_call *call, uint64_t address, bool next, uint64_t *start,
                      uint64_t *size, uint64_t *dataspace, uint64_t *offset, uint32_t *rights)
{
    struct region_manager *rm = call->server->data;
    const struct region *region = next ? regions_next(&rm->regions, address)
                                       : regions_lookup(&rm->regions, address);

    if (!region)
        return -ERR_ENOENT;
    *start = region->start;
    *size = region->end - region->start;
    *dataspace = region->dataspace;
    *offset = region->offset;
    *rights = region->rights;
    return 0;
}

static long op_thread_remove(struct ipc_call *call, uint64_t thread, uint64_t semaphore)
{
    (void)call;
    l4_cap_delete(thread); /* its slot is not free before it has been joined */
    if (semaphore)
        l4_semaphore_up(semaphore);
    return 0;
}

static const struct rm_ops ops = {
    .attach = op_attach,
    .detach = op_detach,
    .lookup = op_lookup,
    .thread_remove = op_thread_remove,
};

const struct ipc_kind rm_thread_kind = {
    .name = "thread",
    .dispatch = rm_dispatch,
    .ops = &ops,
    .foreign = rm_fault,
};
