/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "gates.h"
#include "ipc/ipc.h"
#include "server/server.h"
#include "tasks.h"

/* SIMPLE_TS: the glue. */

#define OBJECTS (1 + 3 * TASKS_MAX)

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[1];

int main(void)
{
    static struct ipc_server server = {
        .name = "simple_ts", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = OBJECTS,
        .replies = replies, .reply_count = 1,
    };
    struct ipc_object *base = NULL;

    server_check("interrupt of dead gates", ipc_server_init(&server));
    server_check("base gate", ipc_service_create(&server, &ts_base_kind, NULL, &base));
    server_check("register SIMPLE_TS", server_register("SIMPLE_TS", base->gate));
    printf("ready\n");
    server_check("serve", ipc_serve(&server));
    return 1;
}
