/* SPDX-License-Identifier: BSD-2-Clause */
#include "task.h"

#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "l4sys/task.h"
#include "server/server.h"

static struct task tasks[TASKS];
static uint32_t last_id;

struct task *task_alloc(const char *name)
{
    for (unsigned i = 0; i < TASKS; i++) {
        struct task *t = &tasks[i];
        if (atomic_load(&t->state) != TASK_FREE)
            continue;
        memset(t, 0, sizeof *t);
        t->id = ++last_id;
        const char *slash = strrchr(name, '/');
        strncpy(t->name, slash ? slash + 1 : name, sizeof t->name - 1);
        atomic_store(&t->state, TASK_STARTING);
        return t;
    }
    return NULL;
}

void task_free(struct task *task)
{
    atomic_store(&task->state, TASK_FREE);
}

struct task *task_find(uint32_t id)
{
    for (unsigned i = 0; i < TASKS; i++)
        if (atomic_load(&tasks[i].state) != TASK_FREE && tasks[i].id == id)
            return &tasks[i];
    return NULL;
}

const struct task *task_next(uint32_t first)
{
    const struct task *best = NULL;

    for (unsigned i = 0; i < TASKS; i++) {
        const struct task *t = &tasks[i];
        if (atomic_load(&t->state) != TASK_FREE && t->id >= first && (!best || t->id < best->id))
            best = t;
    }
    return best;
}

struct task *task_at(unsigned i)
{
    return &tasks[i];
}

long task_add_area(struct task *task, const struct task_area *area)
{
    if (task->area_count == TASK_AREAS)
        return -ERR_ETOOMANY;
    task->areas[task->area_count++] = *area;
    return 0;
}

void task_release(struct task *task)
{
    l4_cap_t *caps[] = {&task->task, &task->control, &task->dm, &task->infopage,
                        &task->placement, &task->stack, &task->written, &task->linker,
                        &task->thread};

    if (task->info)
        server_unmap(task->info, task->info_mapped);
    task->info = NULL;
    task->area_count = 0;
    for (unsigned i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        slots_release(*caps[i]);
        *caps[i] = 0;
    }
    if (task->objects) {
        l4_task_unmap(TASK_CAP_TASK, l4_fpage_obj(task->objects, TASK_OBJECTS_ORDER, L4_CAP_RWSD),
                      L4_UNMAP_ALL_SPACES);
        slots_free_range(task->objects, TASK_OBJECTS_ORDER);
        task->objects = 0;
    }
}
