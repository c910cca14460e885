/* SPDX-License-Identifier: BSD-2-Clause */
#include "service.h"

#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/loader.h"
#include "idl/loader_task.h"
#include "idl/loader_thread.h"
#include "idl/ts_control.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "pager.h"
#include "report.h"
#include "server/server.h"
#include "server/thread.h"

enum { REQUESTS = 16, WAITERS = 32, ENDED_KEPT = 64 };
enum request_state { REQUEST_FREE, REQUEST_ASKED, REQUEST_TAKEN, REQUEST_ANSWERED };

/** Somebody who waits for the end of a task. */
struct waiter {
    struct ipc_later later;
    uint32_t id;
    bool busy;
};

static struct server_thread thread = {.name = "loader", .number = 1, .priority = 120};
static struct ipc_object objects[TASKS + 8];
static struct ipc_reply_slot replies[REQUESTS + WAITERS / 2];
static struct ipc_server server = {
    .name = "loader",
    .factory = TASK_CAP_FACTORY,
    .id = 1,
    .objects = objects,
    .object_count = sizeof objects / sizeof objects[0],
    .replies = replies,
    .reply_count = sizeof replies / sizeof replies[0],
    .reply_first = 64,
};
static struct ipc_object *control, *service, *irq;
static struct ipc_object *entries[TASKS];
static struct service_request requests[REQUESTS];
static struct waiter waiters[WAITERS];
static l4_cap_t asked; /* kernel semaphore: a unit a request */
static _Atomic long ready = 1;
static _Atomic bool badly_ended;

/* ---- the end of a task ---- */

static void tell_waiters(const struct task *task)
{
    for (unsigned i = 0; i < WAITERS; i++) {
        if (!waiters[i].busy || waiters[i].id != task->id)
            continue;
        waiters[i].busy = false;
        loader_wait_reply(&server, &waiters[i].later, 0, task->end, task->code);
    }
}

/** How tasks have ended is remembered of the last ENDED_KEPT only: the others' records are free. */
static void forget_oldest(void)
{
    struct task *oldest = NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < TASKS; i++) {
        struct task *t = task_at(i);
        if (atomic_load(&t->state) != TASK_ENDED)
            continue;
        count++;
        if (!oldest || t->id < oldest->id)
            oldest = t;
    }
    if (count > ENDED_KEPT)
        task_free(oldest);
}

/** The task is no more: notes its account, reports, gives everything back. */
static void finish(struct task *task)
{
    uint64_t limit, used, shared;
    uint32_t dataspaces;

    if (dm_info(task->dm, &limit, &used, &task->private_bytes, &shared, &dataspaces) < 0)
        task->private_bytes = 0;
    report_end(task);
    pager_remove(task);
    struct ipc_object **entry = &entries[task - task_at(0)];
    if (*entry)
        ipc_object_destroy(&server, *entry);
    *entry = NULL;
    task_release(task);
    if (task->end != TS_CONTROL_EXITED || task->code != 0)
        atomic_store(&badly_ended, true);
    atomic_store(&task->state, TASK_ENDED);
    tell_waiters(task);
    forget_oldest();
}

static void check(struct task *task)
{
    if (atomic_load(&task->state) != TASK_STARTED)
        return;
    if (atomic_load(&task->fault.happened) && !task->fault.reported) {
        task->fault.reported = true;
        report_fault(task);
        ts_control_kill(task->control);
    }
    if (ts_control_status(task->control, &task->end, &task->code) < 0)
        task->end = TS_CONTROL_KILLED;
    if (task->end != TS_CONTROL_RUNNING)
        finish(task);
}

static void answer_requests(void)
{
    for (unsigned i = 0; i < REQUESTS; i++) {
        struct service_request *r = &requests[i];
        if (atomic_load(&r->state) != REQUEST_ANSWERED)
            continue;
        loader_start_reply(&server, &r->later, r->error, r->id);
        atomic_store(&r->state, REQUEST_FREE);
    }
}

static void interrupt(struct ipc_server *s, struct ipc_object *object)
{
    (void)s;
    (void)object;
    for (unsigned i = 0; i < TASKS; i++)
        check(task_at(i));
    answer_requests();
}

static const struct ipc_kind irq_kind = {.name = "ended", .interrupt = interrupt};

/* ---- idl/loader_task.idl: where a task stands ---- */

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
    return 0;
}

static long op_running(struct ipc_call *call)
{
    struct task *task = call->object->data;

    if (task->verbose >= 1)
        report_line("step 8: %s[%u]: main", task->name, task->id);
    return 0;
}

static const struct loader_task_ops task_ops = {.placed = op_placed, .running = op_running};

static void entry_gone(struct ipc_server *s, struct ipc_object *object)
{
    (void)s;
    entries[(struct task *)object->data - task_at(0)] = NULL;
}

static const struct ipc_kind task_kind = {
    .name = "task", .dispatch = loader_task_dispatch, .ops = &task_ops, .gone = entry_gone};

/* ---- idl/loader.idl ---- */

static struct service_request *free_request(void)
{
    for (unsigned i = 0; i < REQUESTS; i++)
        if (atomic_load(&requests[i].state) == REQUEST_FREE)
            return &requests[i];
    return NULL;
}

static long op_start(struct ipc_call *call, const char *name, const char *args, uint32_t *id)
{
    struct service_request *r = free_request();

    (void)id; /* answered later */
    if (!r)
        return -ERR_EAGAIN;
    strncpy(r->name, name, sizeof r->name - 1);
    strncpy(r->args, args, sizeof r->args - 1);
    r->name[sizeof r->name - 1] = r->args[sizeof r->args - 1] = 0;
    long error = ipc_defer(call, &r->later);
    if (error < 0)
        return error;
    atomic_store(&r->state, REQUEST_ASKED);
    l4_semaphore_up(asked);
    return IPC_LATER;
}

static long op_wait(struct ipc_call *call, uint32_t id, uint32_t *state, int32_t *code)
{
    struct task *task = task_find(id);

    if (!task)
        return -ERR_ENOENT;
    if (atomic_load(&task->state) == TASK_ENDED) {
        *state = task->end;
        *code = task->code;
        return 0;
    }
    for (unsigned i = 0; i < WAITERS; i++) {
        if (waiters[i].busy)
            continue;
        long error = ipc_defer(call, &waiters[i].later);
        if (error < 0)
            return error;
        waiters[i].busy = true;
        waiters[i].id = id;
        return IPC_LATER;
    }
    return -ERR_EAGAIN;
}

static void describe(const struct task *task, struct loader_task *out)
{
    memset(out, 0, sizeof *out);
    out->id = task->id;
    out->state = atomic_load(&task->state) == TASK_ENDED ? task->end : TS_CONTROL_RUNNING;
    out->code = task->code;
    out->private = task->private_bytes;
    out->shared = task->shared_bytes;
    memcpy(out->name, task->name, sizeof task->name);
}

static long op_list(struct ipc_call *call, uint32_t first, struct loader_task *tasks,
                    uint32_t *count)
{
    (void)call;
    *count = 0;
    for (const struct task *t = task_next(first); t && *count < 3; t = task_next(t->id + 1))
        describe(t, &tasks[(*count)++]);
    return 0;
}

static const struct loader_ops service_ops = {
    .start = op_start, .wait = op_wait, .list = op_list};
static const struct ipc_kind service_kind = {
    .name = "loader", .dispatch = loader_dispatch, .ops = &service_ops};

/* ---- inside the loader ---- */

static long op_add(struct ipc_call *call, uint32_t record, uint64_t *gate)
{
    if (record >= TASKS || entries[record])
        return -ERR_EINVAL;
    long error = ipc_service_create(call->server, &task_kind, task_at(record), &entries[record]);
    if (error < 0) {
        entries[record] = NULL;
        return error;
    }
    *gate = entries[record]->gate;
    return 0;
}

static long op_remove(struct ipc_call *call, uint32_t record)
{
    if (record >= TASKS || !entries[record])
        return -ERR_EINVAL;
    ipc_object_destroy(call->server, entries[record]);
    entries[record] = NULL;
    return 0;
}

static const struct loader_thread_ops control_ops = {.add = op_add, .remove = op_remove};
static const struct ipc_kind control_kind = {
    .name = "control", .dispatch = loader_thread_dispatch, .ops = &control_ops};

static void run(void)
{
    long error = ipc_server_init(&server);

    if (!error)
        error = ipc_service_create(&server, &control_kind, NULL, &control);
    if (!error)
        error = ipc_service_create(&server, &service_kind, NULL, &service);
    if (!error)
        error = ipc_irq_create(&server, &irq_kind, NULL, &irq);
    atomic_store(&ready, error);
    if (!error)
        ipc_serve(&server);
    for (;;)
        l4_sleep_us(1000000);
}

long service_init(void)
{
    asked = slots_alloc();
    long error = l4_factory_create_semaphore(TASK_CAP_FACTORY, asked);
    thread.entry = run;
    if (error >= 0)
        error = server_thread_make(&thread);
    server.thread = thread.cap;
    if (error >= 0)
        error = server_thread_run(&thread);
    while (error >= 0 && atomic_load(&ready) == 1)
        l4_sleep_us(100);
    if (error >= 0)
        error = atomic_load(&ready);
    return error < 0 ? error : server_register("LOADER", service->gate);
}

l4_cap_t service_irq(void)
{
    return irq->gate;
}

static uint32_t record_of(const struct task *task)
{
    return (uint32_t)(task - task_at(0));
}

long service_add(const struct task *task, l4_cap_t *gate)
{
    return loader_thread_add(control->gate, record_of(task), gate);
}

void service_remove(const struct task *task)
{
    loader_thread_remove(control->gate, record_of(task));
}

void service_started(struct task *task)
{
    atomic_store(&task->state, TASK_STARTED);
    l4_irq_trigger(irq->gate); /* it may have ended already */
}

struct service_request *service_next(uint64_t us)
{
    if (l4_semaphore_down(asked, l4_timeout_us(us)) < 0)
        return NULL;
    for (unsigned i = 0; i < REQUESTS; i++) {
        int state = REQUEST_ASKED;
        if (atomic_compare_exchange_strong(&requests[i].state, &state, REQUEST_TAKEN))
            return &requests[i];
    }
    return NULL;
}

void service_answer(struct service_request *request)
{
    atomic_store(&request->state, REQUEST_ANSWERED);
    l4_irq_trigger(irq->gate);
}

bool service_all_well(void)
{
    return !atomic_load(&badly_ended);
}

unsigned service_running(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < TASKS; i++) {
        int state = atomic_load(&task_at(i)->state);
        count += state == TASK_STARTING || state == TASK_STARTED;
    }
    return count;
}
