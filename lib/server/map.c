/* SPDX-License-Identifier: BSD-2-Clause */
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "l4sys/task.h"
#include "server/area.h"
#include "server/server.h"

static void unmap(uint64_t start, uint64_t end)
{
    while (start < end) {
        unsigned order = l4_fpage_fit(start, end);
        l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(start, order, L4_FPAGE_RWX),
                      L4_UNMAP_ALL_SPACES);
        start += 1ull << order;
    }
}

static long map_all(l4_cap_t dataspace, uint64_t offset, uint64_t size, unsigned rights,
                    uint64_t start)
{
    struct ipc_window here = {.fpage = l4_fpage_all_memory()};

    for (uint64_t at = 0; at < size;) {
        uint64_t mapped;
        long error = dataspace_map(dataspace, offset + at, size - at, start + at, rights, &mapped,
                                   &here);
        if (error < 0)
            return error;
        if (mapped == 0 || mapped > size - at || (mapped & ~L4_PAGE_MASK))
            return -ERR_EIO; /* a manager that lies must not make us loop */
        at += mapped;
    }
    return 0;
}

long server_map(l4_cap_t dataspace, uint64_t offset, uint64_t size, unsigned rights,
                void **address)
{
    if (size == 0 || ((offset | size) & ~L4_PAGE_MASK))
        return -ERR_EINVAL;
    uint64_t start = area_alloc(size);
    if (!start)
        return -ERR_ENOMEM;
    long error = map_all(dataspace, offset, size, rights, start);
    if (error < 0) {
        unmap(start, start + size);
        area_free(start);
        return error;
    }
    *address = (void *)start;
    return 0;
}

void server_unmap(void *address, uint64_t size)
{
    unmap((uint64_t)address, (uint64_t)address + size);
    area_free((uint64_t)address);
}
