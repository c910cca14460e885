/* SPDX-License-Identifier: BSD-2-Clause */
#include "opening.h"

#include <stdio.h>
#include <string.h>

#include "account.h"
#include "control.h"
#include "ends.h"
#include "errors/errors.h"
#include "idl/loader.h"
#include "idl/loader_opening.h"
#include "idl/loader_task.h"
#include "image.h"
#include "request.h"
#include "service.h"
#include "task.h"

static const struct ipc_kind opening_kind;

/** Answers who waits for @r, which is done. */
static void answer(struct request *r)
{
    if (!r->waiting)
        return;
    r->waiting = false;
    if (r->kind == REQUEST_START)
        loader_start_reply(&service_server, &r->later, r->error,
                           r->count ? r->ids[r->count - 1] : 0);
    else if (r->kind == REQUEST_BOOKS)
        loader_task_books_reply(&service_server, &r->later, r->error);
    else
        loader_opening_result_reply(&service_server, &r->later, 0, (int32_t)r->error, r->count);
}

static void kill_tasks(const struct request *r)
{
    for (unsigned i = 0; i < r->count; i++) {
        struct task *task = task_find(r->ids[i]);
        if (task)
            end_kill(task);
    }
}

/** Nobody can let stopped tasks go on that nobody has asked for. */
static void kill_stopped(const struct request *r)
{
    for (unsigned i = 0; i < r->count; i++) {
        struct task *task = task_find(r->ids[i]);
        if (task && !task->owner && (task->stops || control_stopped(task)))
            end_kill(task);
    }
}

void openings_done(void)
{
    struct request *r;

    for (unsigned at = 0; (r = request_next_done(&at));) {
        if (atomic_load(&r->killed))
            kill_tasks(r);
        request_drop_image(r);
        answer(r);
        if (r->object)
            continue;
        kill_stopped(r);
        request_free(r);
    }
}

bool opening_holds(const struct task *task)
{
    struct request *r;

    for (unsigned at = 0; (r = request_next_done(&at));)
        for (unsigned i = 0; r->object && i < r->count; i++)
            if (r->ids[i] == task->id)
                return true;
    return false;
}

static long ask_and_wait(struct ipc_call *call, enum request_kind kind, const char *command)
{
    const struct request_wish wish = {
        .kind = kind, .command = command, .account = account_of(call)};
    struct request *r;
    long error = request_alloc(&wish, &r);

    if (error == 0)
        error = ipc_defer(call, &r->later);
    if (error < 0)
        return error;
    r->waiting = true;
    request_ask(r);
    return IPC_LATER;
}

long opening_start(struct ipc_call *call, const char *name, const char *args)
{
    char command[sizeof((struct request *)0)->command];

    snprintf(command, sizeof command, "%s %s", name, args);
    return ask_and_wait(call, REQUEST_START, command);
}

long opening_books(struct ipc_call *call, const char *name)
{
    return ask_and_wait(call, REQUEST_BOOKS, name);
}

static bool valid(const struct opening_wish *wish)
{
    if (wish->flags & ~(uint32_t)(LOADER_STOPPED | LOADER_STOP_PLACED | LOADER_STOP_MAIN))
        return false;
    return !wish->image || (wish->name[0] && !strpbrk(wish->name, " \t\n\"'"));
}

long opening_open(struct ipc_call *call, const struct opening_wish *wish,
                  struct ipc_cap_out *opening)
{
    char command[sizeof((struct request *)0)->command];

    if (!valid(wish))
        return -ERR_EINVAL;
    snprintf(command, sizeof command, "%s %s", wish->name, wish->args);
    const struct request_wish request = {
        .kind = REQUEST_OPEN, .command = command, .account = account_of(call)};
    struct request *r;
    long error = request_alloc(&request, &r);
    if (error)
        return error;
    error = wish->image ? image_take(call, wish->image, &r->image) : 0;
    if (error >= 0)
        error = ipc_object_create(call->server, &opening_kind, r, &r->object);
    if (error < 0) {
        r->object = NULL;
        request_free(r);
        return error;
    }
    r->stops = wish->flags;
    request_ask(r);
    ipc_gate_out(call, r->object, L4_CAP_RW, opening);
    return 0;
}

/* ---- idl/loader_opening.idl ---- */

static bool is_done(const struct request *r)
{
    return atomic_load(&r->state) == REQUEST_DONE;
}

static long op_result(struct ipc_call *call, int32_t *error, uint32_t *tasks)
{
    struct request *r = call->object->data;

    if (is_done(r)) {
        *error = (int32_t)r->error;
        *tasks = r->count;
        return 0;
    }
    if (r->waiting)
        return -ERR_EBUSY;
    long result = ipc_defer(call, &r->later);
    if (result < 0)
        return result;
    r->waiting = true;
    return IPC_LATER;
}

static long op_text(struct ipc_call *call, uint32_t offset, char text[401])
{
    const struct request *r = call->object->data;

    text[0] = 0;
    if (!is_done(r))
        return -ERR_EAGAIN;
    if (offset < strlen(r->text))
        snprintf(text, 401, "%.400s", r->text + offset);
    return 0;
}

static long op_task(struct ipc_call *call, uint32_t index, uint32_t *id,
                    struct ipc_cap_out *control)
{
    const struct request *r = call->object->data;

    if (!is_done(r))
        return -ERR_EAGAIN;
    if (index >= r->count)
        return -ERR_ENOENT;
    struct task *task = task_find(r->ids[index]);
    if (!task)
        return -ERR_EDEAD;
    *id = task->id;
    return control_out(call, task, control);
}

static long op_kill(struct ipc_call *call)
{
    struct request *r = call->object->data;

    atomic_store(&r->killed, true);
    if (is_done(r))
        kill_tasks(r);
    return 0;
}

/** The client is gone: the start goes on. */
static void gone(struct ipc_server *server, struct ipc_object *object)
{
    struct request *r = object->data;

    r->object = NULL;
    if (r->waiting)
        ipc_later_fail(server, &r->later, -ERR_EDEAD);
    r->waiting = false;
    if (!is_done(r))
        return;
    kill_stopped(r);
    request_free(r);
    end_forget_oldest();
}

static const struct loader_opening_ops ops = {
    .result = op_result, .text = op_text, .task = op_task, .kill = op_kill};

static const struct ipc_kind opening_kind = {
    .name = "opening", .dispatch = loader_opening_dispatch, .ops = &ops, .gone = gone};
