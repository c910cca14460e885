/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "idl/names.h"
#include "ipc/ipc.h"
#include "libc/server/server.h"
#include "open.h"
#include "transfers.h"

/* BMODFS: the glue. */

#define OBJECTS 3 /* base gate, faults and end of the copier */

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[TRANSFERS_MAX + 1];

static long start(struct ipc_server *server)
{
    struct ipc_object *base = NULL;
    long result = ipc_server_init(server);

    if (result == 0)
        result = ipc_service_create(server, &bmodfs_base_kind, NULL, &base);
    if (result == 0)
        result = bmodfs_init(server);
    if (result == 0)
        result = names_register(TASK_CAP_NAMES, "BMODFS", base->gate);
    return result;
}

int main(void)
{
    static struct ipc_server server = {
        .name = "bmodfs", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = OBJECTS,
        .replies = replies, .reply_count = TRANSFERS_MAX + 1,
        .tick = bmodfs_tick,
    };
    long result;

    server.kip = libc_kip();
    result = start(&server);
    if (result == 0) {
        printf("bmodfs: ready, %u files\n", bmodfs_files());
        fflush(stdout);
        result = ipc_serve(&server);
    }
    printf("bmodfs: stop: %s\n", error_text(result));
    return 1;
}
