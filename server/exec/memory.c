/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "ipc/slots.h"
#include "server/area.h"
#include "server/server.h"

/** Maps the dataspace that is in memory->dataspace; closes it if that fails. */
static long map(struct memory *memory, unsigned rights)
{
    long error = server_map(memory->dataspace, 0, memory->size, rights, &memory->address);

    if (error < 0) {
        slots_release(memory->dataspace);
        *memory = (struct memory){0};
    }
    return error < 0 ? error : 0;
}

/** A dataspace with @flags (DM_*), not mapped yet. */
static long make(struct memory *memory, uint64_t size, uint32_t flags, const char *name)
{
    memory->size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    memory->dataspace = slots_alloc();
    if (!memory->dataspace)
        return -ERR_ENOMEM;
    long error = dm_open(TASK_CAP_DM, memory->size, flags, name, memory->dataspace);
    if (error < 0) {
        slots_free(memory->dataspace);
        *memory = (struct memory){0};
    }
    return error;
}

long memory_open(struct memory *memory, uint64_t size, const char *name)
{
    long error = make(memory, size, 0, name);

    return error < 0 ? error : map(memory, L4_FPAGE_RW);
}

long memory_reserve(struct memory *memory, uint64_t size, const char *name)
{
    long error = make(memory, size, DM_SPARSE, name);

    if (error < 0)
        return error;
    memory->address = (void *)area_alloc(memory->size);
    if (memory->address)
        return 0;
    slots_release(memory->dataspace);
    *memory = (struct memory){0};
    return -ERR_ENOMEM;
}

long memory_map(const struct memory *memory, uint64_t start, uint64_t end)
{
    struct ipc_window here = {.fpage = l4_fpage_all_memory()};
    uint64_t mapped;

    for (; start < end; start += mapped) {
        long error = dataspace_map(memory->dataspace, start, end - start,
                                   (uint64_t)memory->address + start, L4_FPAGE_RW, &mapped, &here);
        if (error < 0)
            return error;
        if (mapped == 0 || mapped > end - start)
            return -ERR_EIO;
    }
    return 0;
}

long memory_snapshot(struct memory *memory, const struct memory_source *source, unsigned rights,
                     const char *name)
{
    memory->size = (source->size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    memory->dataspace = slots_alloc();
    if (!memory->dataspace)
        return -ERR_ENOMEM;
    long error = dm_copy(source->session ? source->session : TASK_CAP_DM, source->dataspace,
                         source->offset, memory->size, name, memory->dataspace);
    if (error < 0) {
        slots_free(memory->dataspace);
        *memory = (struct memory){0};
        return error;
    }
    return map(memory, rights);
}

void memory_close(struct memory *memory)
{
    server_unmap(memory->address, memory->size);
    slots_release(memory->dataspace);
    *memory = (struct memory){0};
}
