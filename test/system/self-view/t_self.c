/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "idl/loader.h"

/** Section @i as this task knows it: from the infopage and its own placement table. */
static bool same(uint32_t i, const struct loader_section *told)
{
    const struct task_section *mine = task_section(task_objects(), i);
    const char *object = task_object(task_objects(), mine->object)->name;

    return told->start == task_object_base(mine->object) + mine->offset && told->size == mine->size
           && told->rights == (mine->flags & L4_FPAGE_RWX)
           && told->written == !!(mine->flags & TASK_SECTION_WRITTEN)
           && strcmp(told->object, object) == 0;
}

static uint32_t count_same(l4_cap_t loader)
{
    struct loader_section told[5];
    uint32_t equal = 0, n = 1;

    for (uint32_t first = 0; n; first += n) {
        if (loader_sections(loader, task_info()->id, first, told, &n))
            return 0;
        for (uint32_t i = 0; i < n; i++)
            equal += first + i < task_objects()->sections && same(first + i, &told[i]);
    }
    return equal;
}

/** Compares what the loader tells about this task with what it sees itself. */
int main(int argc, char **argv)
{
    l4_cap_t loader = service("LOADER");
    struct loader_task task, listed[3];
    uint64_t limit, used, peak, shared;
    uint32_t dataspaces, count = 0;

    (void)argv;
    CHECK("sections", count_same(loader) == task_objects()->sections);
    CHECK("info", loader_info(loader, task_info()->id, &task) == 0 && task.id == task_info()->id
                      && strcmp(task.name, "t_self") == 0 && task.state == LOADER_STATE_RUNNING);
    CHECK("pages", dm_info(TASK_CAP_DM, &limit, &used, &peak, &shared, &dataspaces) == 0
                       && task.private == used);
    CHECK("list", loader_list(loader, task_info()->id, listed, &count) == 0 && count == 1
                      && listed[0].id == task.id && listed[0].shared == task.shared);
    bool moved = false;
    for (uint32_t i = 0; i < task_objects()->objects; i++)
        moved = moved || task_object_base(i) != task_object(task_objects(), i)->base;
    CHECK("moved", moved == (argc > 1));
    return check_result();
}
