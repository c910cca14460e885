/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <string.h>

#include <task/layout.h>

#include "../check.h"
#include "app/demo.h"
#include "loader/loader.h"

/* t_inway.c includes this: a second program, linked in the way of the start-up library. */
#ifndef PLACE
#error "PLACE is where the build links this program"
#endif

int main(void)
{
    const struct task_table *table = task_objects();
    const struct task_object *program = task_object(table, 0);
    uint64_t wanted = PLACE == TASK_LOADER_LIB ? TASK_LOADER_LIB2 : TASK_LOADER_LIB;

    CHECK("fixed", program->flags & TASK_OBJECT_FIXED && program->base == 0);
    CHECK("at-its-place", ((uint64_t)(uintptr_t)main & ~0xffffful) == PLACE);
    CHECK("startup-library-place", task_info()->loader_lib == wanted
                                       && task_object_base(table->objects - 1) == wanted);
    CHECK("data", demo_counter == 101 && demo_count() == 102);
    CHECK("calls", demo_product_and_sum(3, 4, 5) == 17);
    return check_result();
}
