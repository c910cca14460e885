/* SPDX-License-Identifier: BSD-2-Clause */
#include "service.h"

#include <task/layout.h>
#include <task/slots.h>

#include "books.h"
#include "client.h"
#include "ends.h"
#include "entry.h"
#include "errors/errors.h"
#include "helper.h"
#include "idl/loader.h"
#include "ipc/slots.h"
#include "l4sys/irq.h"
#include "opening.h"
#include "request.h"
#include "server/books.h"
#include "server/server.h"

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
static struct ipc_object *service, *irq;

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

static long begin(struct ipc_server *server)
{
    long error = ipc_service_create(server, &service_kind, NULL, &service);

    return error ? error : ipc_irq_create(server, &irq_kind, NULL, &irq);
}

static long add(struct ipc_server *server, struct task *task, l4_cap_t *gate)
{
    long error = task->entry ? -ERR_EINVAL : entry_make(server, task);

    if (!error)
        *gate = task->entry->gate;
    return error;
}

/* Before the start worker (140): it waits for nobody, and others wait for it. */
static struct helper helper = {
    .thread = {.name = "loader", .number = 1, .priority = 144},
    .server = &service_server,
    .begin = begin,
    .add = add,
    .remove = entry_destroy,
};

long service_init(void)
{
    long error = request_init();

    if (error >= 0)
        error = helper_start(&helper);
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

long service_add(const struct task *task, l4_cap_t *gate)
{
    return helper_add(&helper, task, gate);
}

void service_remove(const struct task *task)
{
    helper_remove(&helper, task);
}

void service_started(struct task *task)
{
    atomic_store(&task->state, TASK_STARTED);
    service_notice(); /* it may have ended already */
}
