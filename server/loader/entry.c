/* SPDX-License-Identifier: BSD-2-Clause */
#include "entry.h"

#include "client.h"
#include "control.h"
#include "errors/errors.h"
#include "idl/loader.h"
#include "idl/loader_task.h"
#include "opening.h"
#include "report.h"
#include "service.h"

static const struct ipc_kind task_kind;

/** Stops the task in this call, if that is wanted @here. */
static long stop(struct ipc_call *call, uint32_t here)
{
    struct task *task = call->object->data;

    if (!(task->stops & here) || ipc_later_pending(call->server, &task->held))
        return 0;
    long error = ipc_defer(call, &task->held);
    if (error < 0)
        return error;
    task->stops &= ~here;
    task->held_placed = here == LOADER_STOP_PLACED;
    return IPC_LATER;
}

void entry_cont(struct task *task)
{
    if (task->held_placed)
        loader_task_placed_reply(&service_server, &task->held, 0);
    else
        loader_task_running_reply(&service_server, &task->held, 0);
}

static long op_placed(struct ipc_call *call, uint32_t moved, uint32_t relocations)
{
    struct task *task = call->object->data;

    task->moved = moved;
    if (task->verbose >= 1) {
        report_line("step 6: %s[%u]: sections placed, %u objects moved", task->name, task->id,
                    moved);
        if (moved)
            report_line("step 7: %s[%u]: second link step, %u relocations", task->name, task->id,
                        relocations);
        else
            report_line("step 7: %s[%u]: second link step not needed", task->name, task->id);
    }
    return stop(call, LOADER_STOP_PLACED);
}

static long op_running(struct ipc_call *call, uint64_t fault_ticks)
{
    struct task *task = call->object->data;

    times_main(task, fault_ticks);
    if (task->verbose >= 1)
        report_line("step 8: %s[%u]: main", task->name, task->id);
    return stop(call, LOADER_STOP_MAIN);
}

static long op_control(struct ipc_call *call, uint32_t id, struct ipc_cap_out *control)
{
    const struct task *self = call->object->data;
    struct task *task = task_find(id);

    if (!self->may_control)
        return -ERR_EPERM;
    return task ? control_out(call, task, control) : -ERR_ENOENT;
}

static long op_books(struct ipc_call *call, const char *name)
{
    const struct task *self = call->object->data;

    return self->may_control ? opening_books(call, name) : -ERR_EPERM;
}

static const struct loader_task_ops ops = {
    CLIENT_OPS, .placed = op_placed, .running = op_running, .control = op_control, .books = op_books};

static void gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    ((struct task *)object->data)->entry = NULL;
}

static const struct ipc_kind task_kind = {
    .name = "task", .dispatch = loader_task_dispatch, .ops = &ops, .gone = gone};

const struct task *entry_task(const struct ipc_object *object)
{
    return object->kind == &task_kind ? object->data : NULL;
}

long entry_make(struct ipc_server *server, struct task *task)
{
    long error = ipc_service_create(server, &task_kind, task, &task->entry);

    if (error < 0)
        task->entry = NULL;
    return error;
}

void entry_destroy(struct ipc_server *server, struct task *task)
{
    if (ipc_later_pending(server, &task->held))
        ipc_later_fail(server, &task->held, -ERR_EDEAD);
    if (task->entry)
        ipc_object_destroy(server, task->entry);
    task->entry = NULL;
}
