/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "ipc/ipc.h"
#include "libc/server/server.h"
#include "server/server.h"
#include "sessions.h"

/* NAMES: the glue. It knows two services from the start: itself, and log, which must not call. */

static struct ipc_object objects[SESSIONS_MAX + 1];
static struct ipc_reply_slot replies[WAITERS_MAX + 1];

/* It cannot open a session at itself. */
void server_start(void)
{
    server_init_slots();
    server_open_log();
}

int main(void)
{
    static struct ipc_server server = {
        .name = "names", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = SESSIONS_MAX + 1,
        .replies = replies, .reply_count = WAITERS_MAX + 1,
        .tick = names_tick,
    };

    server.kip = libc_kip();
    names_init();
    server_check("interrupt of dead gates", ipc_server_init(&server));
    server_check("name LOG", names_enter("LOG", TASK_CAP_LOG_BASE));
    server_check("name NAMES", names_enter("NAMES", TASK_CAP_NAMES_BASE));
    server_check("base gate", ipc_service_adopt(&server, &names_base_kind, NULL, TASK_CAP_SERVICE));
    printf("ready\n");
    server_check("serve", ipc_serve(&server));
    return 1;
}
