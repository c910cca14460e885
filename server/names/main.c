/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "ipc/ipc.h"
#include "libc/server/server.h"
#include "server/server.h"
#include "sessions.h"

/* NAMES: the glue. It knows two services from the start: itself, and log, which must not call up. */

static struct ipc_object objects[SESSIONS_MAX + 1];
static struct ipc_reply_slot replies[WAITERS_MAX + 1];

static long start(struct ipc_server *server)
{
    long result = ipc_server_init(server);

    names_init();
    if (result == 0)
        result = names_enter("LOG", TASK_CAP_LOG_BASE);
    if (result == 0)
        result = names_enter("NAMES", TASK_CAP_NAMES_BASE);
    if (result == 0)
        result = ipc_service_adopt(server, &names_base_kind, NULL, TASK_CAP_SERVICE);
    return result;
}

/* Everything but a session at itself. */
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
    long result;

    server.kip = libc_kip();
    result = start(&server);
    if (result == 0) {
        printf("names: ready\n");
        fflush(stdout);
        result = ipc_serve(&server);
    }
    printf("names: stop: %s\n", error_text(result));
    return 1;
}
