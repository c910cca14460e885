/* SPDX-License-Identifier: BSD-2-Clause */
#include "control.h"

#include "ends.h"
#include "entry.h"
#include "errors/errors.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "l4sys/thread.h"
#include "service.h"

static const struct ipc_kind control_kind;

long control_out(struct ipc_call *call, struct task *task, struct ipc_cap_out *control)
{
    int state = atomic_load(&task->state);

    if (state != TASK_STARTED && state != TASK_ENDED)
        return -ERR_ENOENT;
    if (!task->owner) {
        long error = ipc_object_create(call->server, &control_kind, task, &task->owner);
        if (error < 0) {
            task->owner = NULL;
            return error;
        }
    }
    ipc_gate_out(call, task->owner, L4_CAP_RW, control);
    return 0;
}

bool control_stopped(const struct task *task)
{
    return task->thread || ipc_later_pending(&service_server, &task->held);
}

uint32_t control_state(const struct task *task)
{
    switch (atomic_load(&task->state)) {
    case TASK_ENDED:
        return task->end;
    case TASK_STARTED:
        return control_stopped(task) ? LOADER_STATE_STOPPED : LOADER_STATE_RUNNING;
    default:
        return LOADER_STATE_STARTING;
    }
}

static bool has_ended(const struct task *task)
{
    return atomic_load(&task->state) == TASK_ENDED;
}

static long op_cont(struct ipc_call *call)
{
    struct task *task = call->object->data;

    if (has_ended(task))
        return -ERR_EDEAD;
    if (task->thread) {
        long error = l4_thread_ex_regs(task->thread, task->ip, task->sp, 0);
        slots_release(task->thread);
        task->thread = 0;
        return error < 0 ? error : 0;
    }
    if (!ipc_later_pending(&service_server, &task->held))
        return -ERR_EINVAL;
    entry_cont(task);
    return 0;
}

static long op_kill(struct ipc_call *call)
{
    struct task *task = call->object->data;

    if (has_ended(task))
        return -ERR_EDEAD;
    end_kill(task);
    return 0;
}

static long op_info(struct ipc_call *call, uint32_t *id, uint32_t *state, int32_t *code)
{
    const struct task *task = call->object->data;

    *id = task->id;
    *state = control_state(task);
    *code = task->code;
    return 0;
}

static long op_wait(struct ipc_call *call, uint64_t timeout_us, uint32_t *state, int32_t *code)
{
    const struct task *task = call->object->data;

    if (!has_ended(task) && timeout_us)
        return end_wait_control(call, task, timeout_us);
    *state = control_state(task);
    *code = task->code;
    return 0;
}

/** The last holder is gone: who waited, too. A stopped task could never go on. */
static void gone(struct ipc_server *server, struct ipc_object *object)
{
    struct task *task = object->data;

    (void)server;
    task->owner = NULL;
    end_forget_waiters(task);
    if (has_ended(task))
        end_forget_oldest();
    else if (task->stops || control_stopped(task))
        end_kill(task);
}

static const struct loader_control_ops ops = {
    .cont = op_cont, .kill = op_kill, .info = op_info, .wait = op_wait};

static const struct ipc_kind control_kind = {
    .name = "control", .dispatch = loader_control_dispatch, .ops = &ops, .gone = gone};
