/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "ipc/ipc.h"
#include "libc/server/server.h"
#include "open.h"
#include "server/server.h"
#include "transfers.h"
#include "view.h"

/* BMODFS: the glue. */

#define OBJECTS (3 + VIEWS_MAX) /* base gate, faults and end of the copier, views */

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[TRANSFERS_MAX + 1];

int main(void)
{
    static struct ipc_server server = {
        .name = "bmodfs", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = OBJECTS,
        .replies = replies, .reply_count = TRANSFERS_MAX + 1,
        .tick = bmodfs_tick,
    };
    struct ipc_object *base = NULL;

    server.kip = libc_kip();
    server_check("interrupt of dead gates", ipc_server_init(&server));
    server_check("base gate", ipc_service_create(&server, &bmodfs_base_kind, NULL, &base));
    server_check("copying thread", bmodfs_init(&server));
    server_check("register BMODFS", server_register("BMODFS", base->gate));
    printf("ready, %u files\n", bmodfs_files());
    server_check("serve", ipc_serve(&server));
    return 1;
}
