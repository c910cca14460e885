/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "idl/names.h"
#include "ipc/ipc.h"
#include "libc/server/server.h"

/*
 * A server that others look up: EARLY at once, LATE a second later. Both answer a message with word
 * n with n + 1; the word 99 makes LATE's gate go away, as when its server dies.
 */

static struct ipc_object objects[4];
static struct ipc_reply_slot replies[1];
static struct ipc_object *early, *late;

static long answer(struct ipc_call *call)
{
    uint64_t word = ipc_utcb()->mr[0];

    if (word == 99 && late) {
        ipc_object_destroy(call->server, late);
        late = NULL;
    }
    ipc_utcb()->mr[0] = word + 1;
    ipc_foreign_reply(call, 0, 1, 0);
    return 0;
}

static const struct ipc_kind kind = {.name = "partner", .foreign = answer};

static void register_late(struct ipc_server *server)
{
    long result = ipc_service_create(server, &kind, NULL, &late);

    if (result == 0)
        result = names_register(TASK_CAP_NAMES, "LATE", late->gate);
    printf("LATE: %s\n", result < 0 ? error_text(result) : "registered");
    fflush(stdout);
}

int main(void)
{
    static struct ipc_server server = {
        .name = "partner", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = 4, .replies = replies, .reply_count = 1,
        .tick = register_late,
    };
    long result = ipc_server_init(&server);

    server.kip = libc_kip();
    server.deadline_us = ipc_kernel_clock(server.kip) + 1000000;
    if (result == 0)
        result = ipc_service_create(&server, &kind, NULL, &early);
    if (result == 0)
        result = names_register(TASK_CAP_NAMES, "EARLY", early->gate);
    if (result == 0)
        result = ipc_serve(&server);
    printf("FAIL partner: %s\n", error_text(result));
    return 1;
}
