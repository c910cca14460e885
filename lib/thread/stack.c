/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/stack.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "ipc/slots.h"
#include "rm/region.h"

long stack_alloc(uint64_t size, uint64_t *start)
{
    struct region_attachment stack = {
        .size = size,
        .dataspace = slots_alloc(),
        .rights = L4_FPAGE_RW,
        .flags = REGION_ANYWHERE | REGION_GUARD | REGION_OWN,
    };

    if (!stack.dataspace)
        return -ERR_ENOMEM;
    long error = dm_open(TASK_CAP_DM, stack.size, 0, "stack", stack.dataspace);
    if (error) {
        slots_free(stack.dataspace);
        return error;
    }
    error = region_attach(&stack);
    if (error) {
        slots_release(stack.dataspace);
        return error;
    }
    *start = stack.start;
    return 0;
}

void stack_free(uint64_t start)
{
    region_free((void *)start);
    region_detach((void *)(start - 1), NULL);
}
