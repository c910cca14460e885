/* SPDX-License-Identifier: BSD-2-Clause */
#include "helper.h"

#include <task/layout.h>

#include "errors/errors.h"
#include "idl/loader_thread.h"
#include "l4sys/ipc.h"
#include "server/server.h"

static struct helper *helpers[HELPERS_MAX]; /* by the number of their threads */

static uint32_t record_of(const struct task *task)
{
    return (uint32_t)(task - task_at(0));
}

static long op_add(struct ipc_call *call, uint32_t record, uint64_t *gate)
{
    const struct helper *helper = call->object->data;

    if (record >= TASKS)
        return -ERR_EINVAL;
    return helper->add(call->server, task_at(record), gate);
}

static long op_remove(struct ipc_call *call, uint32_t record)
{
    const struct helper *helper = call->object->data;

    if (record >= TASKS)
        return -ERR_EINVAL;
    helper->remove(call->server, task_at(record));
    return 0;
}

static const struct loader_thread_ops control_ops = {.add = op_add, .remove = op_remove};
static const struct ipc_kind control_kind = {
    .name = "control", .dispatch = loader_thread_dispatch, .ops = &control_ops};

/** The helper whose thread this is, by its UTCB. */
static struct helper *self(void)
{
    return helpers[((uint64_t)l4_utcb() - TASK_UTCBS) / L4_UTCB_SIZE % HELPERS_MAX];
}

static void run(void)
{
    struct helper *h = self();
    long error = ipc_server_init(h->server);

    if (!error)
        error = ipc_service_create(h->server, &control_kind, h, &h->control);
    if (!error && h->begin)
        error = h->begin(h->server);
    atomic_store(&h->ready, error);
    if (!error)
        server_check(h->thread.name, ipc_serve(h->server));
    for (;;) /* the main thread stops the loader */
        server_sleep_us(1000000);
}

long helper_start(struct helper *h)
{
    helpers[h->thread.number] = h;
    atomic_store(&h->ready, 1);
    h->thread.entry = run;
    long error = server_thread_make(&h->thread);
    h->server->thread = h->thread.cap;
    if (error >= 0)
        error = server_thread_run(&h->thread);
    while (error >= 0 && atomic_load(&h->ready) == 1)
        server_sleep_us(100);
    return error < 0 ? error : atomic_load(&h->ready);
}

long helper_add(const struct helper *h, const struct task *task, l4_cap_t *gate)
{
    return loader_thread_add(h->control->gate, record_of(task), gate);
}

void helper_remove(const struct helper *h, const struct task *task)
{
    loader_thread_remove(h->control->gate, record_of(task));
}
