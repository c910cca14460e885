/* SPDX-License-Identifier: BSD-2-Clause */
#include "dma.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "ipc/slots.h"
#include "server/server.h"

/* The dataspace is never given back: the card writes to it as long as the machine runs. */
long dma_alloc(uint64_t size, struct dma *memory)
{
    l4_cap_t dataspace = slots_alloc();
    uint64_t contiguous = 0;

    size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    long error = dataspace ? dm_open(TASK_CAP_DM, size, DM_CONTIGUOUS, "card", dataspace)
                           : -ERR_ENOMEM;
    if (error >= 0)
        error = dataspace_phys(dataspace, 0, &memory->physical, &contiguous);
    if (error >= 0 && contiguous < size)
        error = -ERR_ENOMEM;
    if (error >= 0)
        error = server_map(dataspace, 0, size, L4_FPAGE_RW, &memory->address);
    return error;
}
