/* SPDX-License-Identifier: BSD-2-Clause */
#include "views.h"

#include <task/slots.h>

#include "idl/dataspace.h"
#include "l4sys/task.h"

#define PASSING 15 /* the view of peek and poke */

long view_map(unsigned view, l4_cap_t ds, uint64_t offset, uint64_t size, unsigned rights)
{
    struct ipc_window window = {.fpage = l4_fpage_mem(VIEW(view), 26, L4_FPAGE_RWX)};
    uint64_t mapped;
    while (size > 0) {
        long error = dataspace_map(ds, offset, size, VIEW(view) + offset, rights, &mapped, &window);
        if (error < 0)
            return error;
        if (mapped == 0 || mapped > size)
            return -1;
        offset += mapped;
        size -= mapped;
    }
    return 0;
}

void view_unmap(unsigned view)
{
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(VIEW(view), 26, L4_FPAGE_RWX), L4_UNMAP_ALL_SPACES);
}

/** Maps page @page of @ds at the start of the passing view. */
static long pass(l4_cap_t ds, uint64_t page, unsigned rights)
{
    struct ipc_window window = {.fpage = l4_fpage_mem(VIEW(PASSING), 26, L4_FPAGE_RWX)};
    uint64_t mapped;
    return dataspace_map(ds, page * L4_PAGE_SIZE, L4_PAGE_SIZE, VIEW(PASSING), rights, &mapped,
                         &window);
}

uint64_t peek(l4_cap_t ds, uint64_t page)
{
    if (pass(ds, page, L4_FPAGE_R) < 0)
        return ~0ull;
    uint64_t value = *word(PASSING, 0);
    view_unmap(PASSING);
    return value;
}

long poke(l4_cap_t ds, uint64_t page, uint64_t value)
{
    long error = pass(ds, page, L4_FPAGE_RW);
    if (error < 0)
        return error;
    *word(PASSING, 0) = value;
    view_unmap(PASSING);
    return 0;
}
