/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include <task/slots.h>

#include "idl/counter.h"
#include "server/server.h"

enum { SESSIONS = 64 };

static struct ipc_object objects[SESSIONS + 1];
static struct ipc_reply_slot replies[4];
static uint64_t values[SESSIONS + 1];
static const struct ipc_kind session_kind;

static struct ipc_server server = {
    .name = "counter", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
    .objects = objects, .object_count = SESSIONS + 1,
    .replies = replies, .reply_count = sizeof replies / sizeof replies[0],
};

static long op_open(struct ipc_call *call, struct ipc_cap_out *session)
{
    struct ipc_object *object;
    long error = ipc_object_create(call->server, &session_kind, NULL, &object);

    if (error < 0)
        return error;
    object->data = &values[object - objects];
    ipc_gate_out(call, object, L4_CAP_RW, session);
    return 0;
}

static long op_add(struct ipc_call *call, uint32_t step, uint64_t *value)
{
    uint64_t *mine = call->object->data;

    *value = *mine += step;
    return 0;
}

/* The last client has lost its session. */
static void session_gone(struct ipc_server *s, struct ipc_object *object)
{
    (void)s;
    *(uint64_t *)object->data = 0;
}

static const struct counter_ops base_ops = {.open = op_open}, session_ops = {.add = op_add};
static const struct ipc_kind base_kind = {
    .name = "base", .dispatch = counter_dispatch, .ops = &base_ops};
static const struct ipc_kind session_kind = {
    .name = "session", .dispatch = counter_dispatch, .ops = &session_ops, .gone = session_gone};

int main(void)
{
    struct ipc_object *base;

    server_check("server", ipc_server_init(&server));
    server_check("base gate", ipc_service_create(&server, &base_kind, NULL, &base));
    server_check("register COUNTER", server_register("COUNTER", base->gate));
    puts("ready");
    server_check("serve", ipc_serve(&server));
    return 1;
}
