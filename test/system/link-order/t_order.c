/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "../check.h"
#include "loader/loader.h"
#include "order.h"

/** X02: the objects of this task, breadth first, the start-up library last. */
static bool order_is(const char *const *names, uint32_t count)
{
    const struct task_table *table = task_objects();

    if (table->objects != count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(task_object(table, i)->name, names[i]) != 0)
            return false;
    return true;
}

int main(void)
{
    static const char *const names[] = {"t_order",     "libt_a.so", "libt_b.so",   "libc.so",
                                        "libt_c.so", "libt_d.so", "libloader.so"};

    CHECK("breadth-first", order_is(names, sizeof names / sizeof names[0]));
    CHECK("first-definition", strcmp(defined_twice(), "libt_b") == 0);
    CHECK("through-a", strcmp(from_a(), "libt_a") == 0);
    CHECK("not-named-but-there", strcmp(from_b(), "libt_b") == 0);
    return check_result();
}
