/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "ipc/ipc.h"
#include "l4sys/log.h"
#include "serve.h"
#include "server/server.h"

/* LOG: the glue. Whole lines go to the kernel console. */

static struct ipc_object objects[SESSIONS_MAX + 1];
static struct ipc_reply_slot replies[1];

/* One message a line: the kernel console is never asked to show half of one. */
static void put_line(void *to, const char *text, size_t size)
{
    (void)to;
    l4_log_write(TASK_CAP_LOG, text, size);
}

_Static_assert(LINE_MAX <= L4_LOG_WRITE_MAX, "a line fits into one message");

const struct line_sink log_console = {put_line, NULL};

/* Own output goes to the console, and nothing here looks for anybody. */
void server_start(void)
{
    server_init_slots();
}

int main(void)
{
    static struct ipc_server server = {
        .name = "log", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = SESSIONS_MAX + 1,
        .replies = replies, .reply_count = 1,
    };
    long result = ipc_server_init(&server);

    if (result == 0)
        result = ipc_service_adopt(&server, &log_base_kind, NULL, TASK_CAP_SERVICE);
    if (result == 0) {
        printf("log: ready\n");
        fflush(stdout);
        result = ipc_serve(&server);
    }
    printf("log: stop: %s\n", error_text(result));
    return 1;
}
