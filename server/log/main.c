/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "input.h"
#include "ipc/ipc.h"
#include "l4sys/irq.h"
#include "l4sys/log.h"
#include "libc/server/server.h"
#include "serve.h"
#include "server/server.h"

/* LOG: the glue. Whole lines go to the kernel console; from there comes what is typed. */

static struct ipc_object objects[SESSIONS_MAX + 2];
static struct ipc_reply_slot replies[INPUT_READERS + 1];

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
    line_write(&line, text, size, &log_output);
}

static void read_console(struct ipc_server *server, struct ipc_object *object)
{
    char text[L4_LOG_READ_MAX];
    long size;

    (void)server, (void)object;
    while ((size = l4_log_read(TASK_CAP_LOG, text, sizeof text)) > 0)
        log_typed(text, (size_t)size);
}

/* Without it there is only output. */
static void open_input(struct ipc_server *server)
{
    static const struct ipc_kind console = {.name = "console", .interrupt = read_console};
    struct ipc_object *irq = NULL;
    long error = ipc_irq_create(server, &console, NULL, &irq);

    if (error >= 0)
        error = l4_icu_bind(TASK_CAP_LOG, 0, irq->gate);
    if (error < 0)
        printf("no input: %s\n", error_text(error));
    else
        read_console(server, irq);
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
        .objects = objects, .object_count = SESSIONS_MAX + 2,
        .replies = replies, .reply_count = INPUT_READERS + 1, .tick = log_tick,
    };

    server.kip = libc_kip();
    log_init(&server);
    server_check("interrupt of dead gates", ipc_server_init(&server));
    server_check("base gate", ipc_service_adopt(&server, &log_base_kind, NULL, TASK_CAP_SERVICE));
    open_input(&server);
    printf("ready\n");
    server_check("serve", ipc_serve(&server));
    return 1;
}
