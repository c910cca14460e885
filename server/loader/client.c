/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include "ends.h"
#include "errors/errors.h"
#include "opening.h"
#include "view.h"

enum { WAIT_US = 100000000, LISTED = 3, SECTIONS = 5 };

long client_start(struct ipc_call *call, const char *name, const char *args, uint32_t *id)
{
    (void)id; /* answered later */
    return opening_start(call, name, args);
}

long client_open(struct ipc_call *call, const char *name, const char *args, uint32_t flags,
                 struct ipc_cap_out *opening)
{
    const struct opening_wish wish = {.name = name, .args = args, .flags = flags};

    return opening_open(call, &wish, opening);
}

long client_open_image(struct ipc_call *call, struct ipc_bulk_in *image, const char *name,
                       const char *args, uint32_t flags, struct ipc_cap_out *opening)
{
    const struct opening_wish wish = {.name = name, .args = args, .flags = flags, .image = image};

    return opening_open(call, &wish, opening);
}

long client_wait(struct ipc_call *call, uint32_t id, uint32_t *state, int32_t *code)
{
    const struct task *task = task_find(id);

    if (!task)
        return -ERR_ENOENT;
    if (atomic_load(&task->state) != TASK_ENDED)
        return end_wait(call, task, WAIT_US);
    *state = task->end;
    *code = task->code;
    return 0;
}

long client_list(struct ipc_call *call, uint32_t first, struct loader_task *tasks,
                 uint32_t *count)
{
    (void)call;
    *count = 0;
    for (const struct task *t = task_next(first); t && *count < LISTED; t = task_next(t->id + 1))
        view_task(t, &tasks[(*count)++]);
    return 0;
}

long client_info(struct ipc_call *call, uint32_t id, struct loader_task *out)
{
    const struct task *task = task_find(id);

    (void)call;
    if (!task)
        return -ERR_ENOENT;
    view_task(task, out);
    return 0;
}

long client_sections(struct ipc_call *call, uint32_t id, uint32_t first,
                     struct loader_section *sections, uint32_t *count)
{
    const struct task *task = task_find(id);

    (void)call;
    if (!task)
        return -ERR_ENOENT;
    *count = view_sections(task, first, sections, SECTIONS);
    return 0;
}

long client_dump(struct ipc_call *call, uint32_t id)
{
    const struct task *task = id ? task_find(id) : task_next(0);

    (void)call;
    if (!task && id)
        return -ERR_ENOENT;
    for (; task; task = id ? NULL : task_next(task->id + 1))
        view_dump(task);
    return 0;
}
