/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "ipc/ipc.h"
#include "l4sys/log.h"
#include "libc/server/server.h"
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

/* log writes its own lines like those of others. */
void libc_write_line(const char *text, size_t size)
{
    static struct line line;

    if (!line.tag[0])
        line_init(&line, "log");
    line_write(&line, text, size, &log_console);
}

/* It cannot open a session at itself, and calls nobody above it. */
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

    server_check("interrupt of dead gates", ipc_server_init(&server));
    server_check("base gate", ipc_service_adopt(&server, &log_base_kind, NULL, TASK_CAP_SERVICE));
    printf("ready\n");
    server_check("serve", ipc_serve(&server));
    return 1;
}
