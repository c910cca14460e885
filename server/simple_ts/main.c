/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "gates.h"
#include "idl/names.h"
#include "ipc/ipc.h"
#include "tasks.h"

/* SIMPLE_TS: the glue. */

#define OBJECTS (1 + 3 * TASKS_MAX)

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[1];

static long start(struct ipc_server *server)
{
    struct ipc_object *base = NULL;
    long result = ipc_server_init(server);

    if (result == 0)
        result = ipc_service_create(server, &ts_base_kind, NULL, &base);
    if (result == 0)
        result = names_register(TASK_CAP_NAMES, "SIMPLE_TS", base->gate);
    return result;
}

int main(void)
{
    static struct ipc_server server = {
        .name = "simple_ts", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = OBJECTS,
        .replies = replies, .reply_count = 1,
    };
    long result = start(&server);

    if (result == 0) {
        printf("simple_ts: ready\n");
        fflush(stdout);
        result = ipc_serve(&server);
    }
    printf("simple_ts: stop: %s\n", error_text(result));
    return 1;
}
