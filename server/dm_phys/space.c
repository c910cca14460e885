/* SPDX-License-Identifier: BSD-2-Clause */
#include <task/slots.h>

#include "l4sys/task.h"
#include "service.h"

/* Windows are filled from the one mapping we have of all our RAM, at PHYSICAL_START. */

static long space_map(void *data, window_t window, paddr_t physical, unsigned order)
{
    (void)data;
    l4_fpage_t from = l4_fpage_mem(PHYSICAL_START + physical.raw, order, L4_FPAGE_RWX);
    long result = l4_task_map(TASK_CAP_TASK, TASK_CAP_TASK, from, window.raw);
    return result < 0 ? -L4_ENOMEM : 0; /* the only thing that can be missing: kernel memory */
}

static void space_downgrade(void *data, window_t window, unsigned order)
{
    (void)data;
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(window.raw, order, L4_FPAGE_W), L4_UNMAP_CHILDREN);
}

static void space_unmap(void *data, window_t window, unsigned order)
{
    (void)data;
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem(window.raw, order, L4_FPAGE_RWX),
                  L4_UNMAP_ALL_SPACES);
}

const struct manager_kernel space_kernel = {space_map, space_downgrade, space_unmap};
