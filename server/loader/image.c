/* SPDX-License-Identifier: BSD-2-Clause */
#include "image.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/exec.h"

static long check_range(const struct ipc_bulk_in *bulk)
{
    if (bulk->dataspace.local || (bulk->offset & ~L4_PAGE_MASK))
        return -ERR_EINVAL;
    if (bulk->length == 0)
        return -ERR_ETRUNCATED;
    return bulk->length > EXEC_IMAGE_MAX ? -ERR_E2BIG : 0;
}

/** On the loader's own session; the pages stay paid for by who has written them. */
static long snapshot(const struct ipc_bulk_in *bulk, struct image *image)
{
    l4_cap_t copy = slots_alloc();

    if (!copy)
        return -ERR_ENOMEM;
    long error = dm_copy(TASK_CAP_DM, bulk->dataspace.slot, bulk->offset, bulk->length, "image",
                         copy);
    if (error < 0) {
        slots_free(copy);
        return error;
    }
    *image = (struct image){.dataspace = copy, .size = bulk->length};
    return 0;
}

long image_take(struct ipc_call *call, struct ipc_bulk_in *bulk, struct image *image)
{
    uint64_t size;
    long error = check_range(bulk);

    if (error)
        return error;
    error = dm_check(TASK_CAP_DM, bulk->dataspace.slot, &size);
    if (error >= 0 && (bulk->offset > size || bulk->length > size - bulk->offset))
        return -ERR_ERANGE;
    if (error >= 0)
        return snapshot(bulk, image);
    if (error != -ERR_EFOREIGN)
        return error;
    *image = (struct image){.offset = bulk->offset, .size = bulk->length, .foreign = true};
    return ipc_take_cap(call, &bulk->dataspace, &image->dataspace);
}
