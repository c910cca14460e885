/* SPDX-License-Identifier: BSD-2-Clause */
#include "service.h"

#include <stdio.h>

#include <task/layout.h>
#include <task/slots.h>

#include "books.h"
#include "client.h"
#include "ends.h"
#include "entry.h"
#include "errors/errors.h"
#include "idl/loader.h"
#include "idl/loader_thread.h"
#include "ipc/slots.h"
#include "l4sys/irq.h"
#include "opening.h"
#include "request.h"
#include "server/books.h"
#include "server/server.h"
#include "server/thread.h"

/* Before the start worker (140): it waits for nobody, and others wait for it. */
static struct server_thread thread = {.name = "loader", .number = 1, .priority = 144};
static struct ipc_object objects[2 * TASKS + REQUESTS + 8];
static struct ipc_reply_slot replies[2 * TASKS + REQUESTS + 1];
struct ipc_server service_server = {
    .name = "loader",
    .factory = TASK_CAP_FACTORY,
    .id = 1,
    .objects = objects,
    .object_count = sizeof objects / sizeof objects[0],
    .replies = replies,
    .reply_count = sizeof replies / sizeof replies[0],
    .reply_first = 64,
    .kip = (const struct l4_kip *)TASK_KIP,
    .tick = end_tick,
};
static struct ipc_object *control, *service, *irq;
static _Atomic long ready = 1;

static void interrupt(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    (void)object;
    for (unsigned i = 0; i < TASKS; i++)
        end_check(task_at(i));
    openings_done();
}

static const struct ipc_kind irq_kind = {.name = "ended", .interrupt = interrupt};

static const struct loader_ops service_ops = {CLIENT_OPS};
static const struct service base = {loader_dispatch, &service_ops, books_print_own};
static const struct ipc_kind service_kind = {
    .name = "loader", .dispatch = service_dispatch, .ops = &base};

/* ---- inside the loader ---- */

static long op_add(struct ipc_call *call, uint32_t record, uint64_t *gate)
{
    if (record >= TASKS || task_at(record)->entry)
        return -ERR_EINVAL;
    long error = entry_make(call->server, task_at(record));
    if (!error)
        *gate = task_at(record)->entry->gate;
    return error;
}

static long op_remove(struct ipc_call *call, uint32_t record)
{
    if (record >= TASKS)
        return -ERR_EINVAL;
    entry_destroy(call->server, task_at(record));
    return 0;
}

static const struct loader_thread_ops control_ops = {.add = op_add, .remove = op_remove};
static const struct ipc_kind control_kind = {
    .name = "control", .dispatch = loader_thread_dispatch, .ops = &control_ops};

static void run(void)
{
    long error = ipc_server_init(&service_server);

    if (!error)
        error = ipc_service_create(&service_server, &control_kind, NULL, &control);
    if (!error)
        error = ipc_service_create(&service_server, &service_kind, NULL, &service);
    if (!error)
        error = ipc_irq_create(&service_server, &irq_kind, NULL, &irq);
    atomic_store(&ready, error);
    if (!error)
        server_check("serve", ipc_serve(&service_server));
    for (;;) /* the main thread stops the loader */
        l4_sleep_us(1000000);
}

long service_init(void)
{
    long error = request_init();

    thread.entry = run;
    if (error >= 0)
        error = server_thread_make(&thread);
    service_server.thread = thread.cap;
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

void service_notice(void)
{
    l4_irq_trigger(irq->gate);
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
    service_notice(); /* it may have ended already */
}
