/* SPDX-License-Identifier: BSD-2-Clause */
/* Interface dataspace (idl/dataspace.idl): what a dataspace gate understands. */
#include "flexpages.h"
#include "idl/dataspace.h"
#include "service.h"

#include <string.h>

#define FLEXPAGES_MAX 24 /* out pages<24> */

static struct dataspace *call_dataspace(const struct ipc_call *call)
{
    return call->object->data;
}

/** 0 if [@offset, @offset + @size) lies inside and is not empty. */
static long check_range(const struct dataspace *ds, uint64_t offset, uint64_t size)
{
    if (size == 0)
        return -L4_EINVAL;
    if (offset >= ds_size(ds) || size > ds_size(ds) - offset)
        return -L4_ERANGE;
    return 0;
}

static long op_info(struct ipc_call *call, uint64_t *size, char *name)
{
    const struct dataspace *ds = call_dataspace(call);
    *size = ds_size(ds);
    memcpy(name, ds->name, sizeof ds->name);
    return 0;
}

static long check_map(const struct ipc_call *call, const struct flexpages_range *range,
                      uint64_t offset, uint32_t rights)
{
    if (rights == 0 || (rights & ~(uint32_t)L4_FPAGE_RWX))
        return -L4_EINVAL;
    if ((rights & L4_FPAGE_W) && !(call->rights & L4_CAP_W))
        return -L4_EPERM;
    if ((offset | range->size | range->spot) % L4_PAGE_SIZE != 0
        || range->spot + range->size < range->spot)
        return -L4_EINVAL;
    return check_range(call_dataspace(call), offset, range->size);
}

/*
 * First what the flexpages can carry, then what can be got ready of that: nobody waits for pages
 * that do not fit in the reply.
 */
static long op_map(struct ipc_call *call, uint64_t offset, uint64_t size, uint64_t spot,
                   uint32_t rights, uint64_t *mapped, struct ipc_page *pages,
                   uint32_t *pages_count)
{
    struct manager *manager = call_manager(call);
    struct dataspace *ds = call_dataspace(call);
    struct flexpages_range range = {.spot = spot, .size = size};
    long result = check_map(call, &range, offset, rights);
    if (result == 0)
        result = ds_window(manager, ds);
    if (result < 0)
        return result;
    range.from = ds->window.raw + offset;
    uint64_t fits = flexpages_cut(&range, rights, FLEXPAGES_MAX, pages, pages_count), ready;
    result = ds_map(manager, ds,
                    &(struct page_range){offset / L4_PAGE_SIZE, fits / L4_PAGE_SIZE},
                    rights & L4_FPAGE_W, &ready);
    if (result < 0)
        return result;
    range.size = ready * L4_PAGE_SIZE;
    *mapped = flexpages_cut(&range, rights, FLEXPAGES_MAX, pages, pages_count);
    return 0;
}

static long op_phys(struct ipc_call *call, uint64_t offset, uint64_t *address, uint64_t *size)
{
    paddr_t physical;
    long result = check_range(call_dataspace(call), offset, 1);
    if (result == 0)
        result = ds_physical(call_manager(call), call_dataspace(call), offset, &physical, size);
    if (result == 0)
        *address = physical.raw;
    return result;
}

static long op_clear(struct ipc_call *call, uint64_t offset, uint64_t size)
{
    if (!(call->rights & L4_CAP_W))
        return -L4_EPERM;
    long result = check_range(call_dataspace(call), offset, size);
    return result < 0 ? result : ds_clear(call_manager(call), call_dataspace(call), offset, size);
}

static long op_revoke(struct ipc_call *call, uint64_t offset, uint64_t size)
{
    if (!(call->rights & L4_CAP_W))
        return -L4_EPERM;
    if ((offset | size) % L4_PAGE_SIZE != 0)
        return -L4_EINVAL;
    long result = check_range(call_dataspace(call), offset, size);
    if (result == 0)
        ds_revoke(call_manager(call), call_dataspace(call),
                  &(struct page_range){offset / L4_PAGE_SIZE, size / L4_PAGE_SIZE}, false);
    return result;
}

static long op_resize(struct ipc_call *call, uint64_t size)
{
    if (!(call->rights & L4_CAP_W))
        return -L4_EPERM;
    return ds_resize(call_manager(call), call_dataspace(call), size);
}

static void dataspace_gone(struct ipc_server *server, struct ipc_object *object)
{
    ds_close(server->data, object->data);
}

static const struct dataspace_ops dataspace_ops = {
    .info = op_info,
    .map = op_map,
    .phys = op_phys,
    .clear = op_clear,
    .revoke = op_revoke,
    .resize = op_resize,
};

const struct ipc_kind dataspace_kind = {
    .name = "dataspace",
    .dispatch = dataspace_dispatch,
    .ops = &dataspace_ops,
    .gone = dataspace_gone,
};
