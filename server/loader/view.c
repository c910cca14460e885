/* SPDX-License-Identifier: BSD-2-Clause */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include "control.h"
#include "idl/dm.h"
#include "places.h"
#include "report.h"

static bool is_started(const struct task *task)
{
    return atomic_load(&task->state) == TASK_STARTED;
}

static uint64_t private_bytes(const struct task *task)
{
    uint64_t limit, used, peak, shared;
    uint32_t dataspaces;

    if (!is_started(task) || dm_info(task->dm, &limit, &used, &peak, &shared, &dataspaces) < 0)
        return task->private_bytes;
    return used;
}

void view_task(const struct task *task, struct loader_task *out)
{
    memset(out, 0, sizeof *out);
    out->id = task->id;
    out->state = control_state(task);
    out->code = task->code;
    out->private = private_bytes(task);
    out->shared = task->shared_bytes;
    memcpy(out->name, task->name, sizeof task->name);
}

static void view_section(const struct places *places, uint32_t i, struct loader_section *out)
{
    const struct task_section *section = task_section(places->table, i);

    memset(out, 0, sizeof *out);
    out->start = places_base(places, section->object) + section->offset;
    out->size = section->size;
    out->rights = section->flags & L4_FPAGE_RWX;
    out->written = section->flags & TASK_SECTION_WRITTEN;
    snprintf(out->object, sizeof out->object, "%.*s", (int)sizeof out->object - 1,
             task_object(places->table, section->object)->name);
}

uint32_t view_sections(const struct task *task, uint32_t first, struct loader_section *out,
                       uint32_t max)
{
    struct places places;
    uint32_t count = 0;

    if (!is_started(task))
        return 0;
    places_open(task, &places);
    for (; count < max && first + count < places.table->sections; count++)
        view_section(&places, first + count, &out[count]);
    places_close(&places);
    return count;
}

static const char *state_name(uint32_t state)
{
    static const char *const names[] = {"running", "exited",  "killed",
                                        "fault",   "stopped", "starting"};

    return names[state];
}

void view_dump(const struct task *task)
{
    struct loader_task t;
    struct loader_section section;

    view_task(task, &t);
    report_line("dump: %s[%u] %s code %d, %lu pages private, %lu shared", t.name, t.id,
                state_name(t.state), t.code, t.private >> L4_PAGE_SHIFT,
                t.shared >> L4_PAGE_SHIFT);
    for (uint32_t i = 0; view_sections(task, i, &section, 1); i++)
        report_line("dump: %s[%u] 0x%lx+0x%lx %c%c%c %s %s", t.name, t.id, section.start,
                    section.size, section.rights & L4_FPAGE_R ? 'r' : '-',
                    section.rights & L4_FPAGE_W ? 'w' : '-',
                    section.rights & L4_FPAGE_X ? 'x' : '-',
                    section.written ? "private" : "shared", section.object);
}
