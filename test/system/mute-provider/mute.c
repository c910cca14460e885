/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/ipc.h"
#include "server/server.h"

#include <task/slots.h>

/* mute [NAME...]: a file provider that takes no request, ever, under each NAME (MUTE). */

static struct ipc_object objects[4];
static struct ipc_reply_slot replies[1];

int main(int argc, char **argv)
{
    static const struct ipc_kind kind = {.name = "mute"};
    static struct ipc_server server = {
        .name = "mute", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = 4, .replies = replies, .reply_count = 1};
    struct ipc_object *gate = NULL;

    server_check("server", ipc_server_init(&server));
    server_check("gate", ipc_service_create(&server, &kind, NULL, &gate));
    if (argc == 1)
        server_check("register MUTE", server_register("MUTE", gate->gate));
    for (int i = 1; i < argc; i++)
        server_check(argv[i], server_register(argv[i], gate->gate));
    for (;;)
        server_sleep_us(1000000);
}
