/* SPDX-License-Identifier: BSD-2-Clause */
#include "opener.h"

#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_opening.h"
#include "idl/loader_task.h"
#include "l4sys/ipc.h"
#include "service.h"

l4_cap_t opened_loader(void)
{
    return TASK_CAP_LOADER;
}

long opened_open(struct opened *task, const char *name, const char *args, uint32_t flags)
{
    int32_t result = 0;
    uint32_t count = 0;

    *task = (struct opened){.opening = task_slot(), .control = task_slot()};
    long error = loader_open(opened_loader(), name, args, flags, task->opening);
    if (!error)
        error = loader_opening_result(task->opening, &result, &count);
    if (!error && result < 0)
        error = result;
    if (!error)
        error = loader_opening_task(task->opening, 0, &task->id, task->control);
    if (error)
        printf("%s: %s\n", name, error_text(error));
    return error;
}

bool opened_wait(struct opened *task, unsigned seconds)
{
    return !loader_control_wait(task->control, seconds * 1000000ull, &task->state, &task->code)
           && task->state != LOADER_STATE_RUNNING && task->state != LOADER_STATE_STOPPED;
}

bool opened_stopped(struct opened *task)
{
    for (unsigned i = 0; i < 1000; i++) {
        if (loader_control_info(task->control, &task->id, &task->state, &task->code))
            return false;
        if (task->state == LOADER_STATE_STOPPED)
            return true;
        l4_sleep_us(1000);
    }
    return false;
}

bool opened_kill(struct opened *task)
{
    return loader_control_kill(task->control) == 0;
}

void opened_close(struct opened *task)
{
    task_slot_release(task->control);
    task_slot_release(task->opening);
    *task = (struct opened){0};
}

bool opened_books(const char *name)
{
    return loader_task_books(TASK_CAP_LOADER, name) == 0;
}
