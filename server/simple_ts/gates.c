/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "gates.h"
#include "idl/ts_control.h"
#include "idl/ts_self.h"
#include "ipc/ipc.h"
#include "l4sys/ipc.h"
#include "schedule.h"
#include "tasks.h"

static long self_exit(struct ipc_call *call, int32_t code)
{
    /* The caller is gone afterwards: the answer finds nobody. */
    task_end(call->object->data, TS_EXITED, code);
    return 0;
}

static long control_kill(struct ipc_call *call)
{
    task_end(call->object->data, TS_KILLED, 0);
    return 0;
}

static long control_status(struct ipc_call *call, uint32_t *state, int32_t *code)
{
    const struct ts_task *task = call->object->data;

    *state = task->state == TS_RUNNING  ? TS_CONTROL_RUNNING
             : task->state == TS_EXITED ? TS_CONTROL_EXITED
                                        : TS_CONTROL_KILLED;
    *code = task->code;
    return 0;
}

/* Passes on a request whose words are in the UTCB and that has no item or the thread @thread. */
static long ask_kernel(struct ipc_call *call, unsigned words, l4_cap_t thread)
{
    l4_msgtag_t tag;

    if (thread)
        l4_put_cap(words, thread);
    tag = l4_ipc_call(TASK_CAP_SCHEDULER, l4_msgtag(L4_PROTO_SCHEDULER, words, thread ? 1 : 0, 0),
                      L4_NEVER);
    if (l4_msgtag_has_error(tag))
        return l4_result(tag);
    ipc_foreign_reply(call, l4_msgtag_label(tag), l4_msgtag_words(tag), 0);
    return 0;
}

/* The kernel's scheduler protocol, within the cap of the task. */
static long scheduler_message(struct ipc_call *call)
{
    const struct ts_task *task = call->object->data;
    unsigned words = l4_msgtag_words(call->tag), items = l4_msgtag_items(call->tag);
    uint64_t mr[SCHEDULE_WORDS];
    struct ipc_cap_in thread;
    long result;

    if (l4_msgtag_label(call->tag) != L4_PROTO_SCHEDULER)
        return -ERR_EBADPROTO;
    if (schedule_is_query(ipc_utcb()->mr, words, items))
        return ask_kernel(call, words, 0);
    memcpy(mr, ipc_utcb()->mr, sizeof(mr));
    result = schedule_cap(mr, words, items, task->mcp);
    if (result < 0)
        return result;
    ipc_get_cap(call, &thread);
    if (call->error)
        return call->error;
    if (!thread.slot)
        return -ERR_EINVAL; /* one of our own gates */
    memcpy(ipc_utcb()->mr, mr, sizeof(mr));
    return ask_kernel(call, SCHEDULE_WORDS, thread.slot);
}

static void scheduler_gone(struct ipc_server *server, struct ipc_object *object)
{
    struct ts_task *task = object->data;

    (void)server;
    task->scheduler = NULL;
}

static void self_gone(struct ipc_server *server, struct ipc_object *object)
{
    struct ts_task *task = object->data;

    (void)server;
    task->self = NULL;
}

/* Nobody will ask for the code any more, and nobody could kill it. */
static void control_gone(struct ipc_server *server, struct ipc_object *object)
{
    struct ts_task *task = object->data;

    task->control = NULL; /* the run-time frees this one */
    task_end(task, TS_KILLED, 0);
    gates_destroy(server, task);
    task_forget(task);
}

static const struct ts_self_ops self_ops = {.exit = self_exit};
static const struct ts_control_ops control_ops = {.kill = control_kill, .status = control_status};

static const struct ipc_kind scheduler_kind = {.name = "scheduler", .foreign = scheduler_message,
                                               .gone = scheduler_gone};
static const struct ipc_kind self_kind = {.name = "self", .dispatch = ts_self_dispatch,
                                          .ops = &self_ops, .gone = self_gone};
static const struct ipc_kind control_kind = {.name = "control", .dispatch = ts_control_dispatch,
                                             .ops = &control_ops, .gone = control_gone};

static long make(struct ipc_server *server, const struct ipc_kind *kind, struct ts_task *task,
                 void **gate)
{
    struct ipc_object *object = NULL;
    long result = ipc_object_create(server, kind, task, &object);

    *gate = result == 0 ? object : NULL;
    return result;
}

long gates_make(struct ipc_server *server, struct ts_task *task)
{
    long result = make(server, &scheduler_kind, task, &task->scheduler);

    if (result == 0)
        result = make(server, &self_kind, task, &task->self);
    if (result == 0)
        result = make(server, &control_kind, task, &task->control);
    if (result < 0)
        gates_destroy(server, task);
    return result;
}

void gates_destroy(struct ipc_server *server, struct ts_task *task)
{
    void **gates[] = {&task->scheduler, &task->self, &task->control};

    for (unsigned i = 0; i < 3; i++) {
        if (*gates[i])
            ipc_object_destroy(server, *gates[i]);
        *gates[i] = NULL;
    }
}

struct ipc_object *gate_scheduler(const struct ts_task *task)
{
    return task->scheduler;
}

struct ipc_object *gate_self(const struct ts_task *task)
{
    return task->self;
}

struct ipc_object *gate_control(const struct ts_task *task)
{
    return task->control;
}
