/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <task/slots.h>

#include "books.h"
#include "idl/dm.h"
#include "server/books.h"
#include "server/server.h"
#include "service.h"

static struct manager manager;
static struct ipc_object objects[SERVICE_OBJECTS];
static struct ipc_reply_slot replies[1]; /* nobody is ever deferred */

static void print_line(void *to, const char *text)
{
    fprintf(to, "%s\n", text);
}

static void print_books(FILE *to)
{
    books_list(&manager, print_line, to);
}

/**
 * name=NAME on the command line: what it is called at names, DM_PHYS unless tests put another
 * between.
 */
static const char *choose_name(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "name=", 5) == 0)
            return argv[i] + 5;
    return "DM_PHYS";
}

int main(int argc, char **argv)
{
    static struct ipc_server server = {
        .name = "dm_phys",
        .thread = TASK_CAP_THREAD,
        .factory = TASK_CAP_FACTORY,
        .objects = objects,
        .object_count = SERVICE_OBJECTS,
        .replies = replies,
        .reply_count = 1,
        .data = &manager,
    };
    static struct service service = {dm_dispatch, NULL, print_books};
    static const struct ipc_kind base_kind = {
        .name = "base", .dispatch = service_dispatch, .ops = &service};
    struct ipc_object *base;
    struct session *account;
    server_check("memory for the table of frames", memory_init(&manager.store.frames));
    manager.kernel = space_kernel;
    server_check("first frame", manager_init(&manager));
    server_check("account", session_open(&manager, "DM_PHYS", SESSION_NO_LIMIT, &account));
    account->base = true;
    service.ops = session_kind.ops;
    server_check("message loop", ipc_server_init(&server));
    server_check("base session", ipc_service_create(&server, &base_kind, account, &base));
    server_check("register DM_PHYS", server_register(choose_name(argc, argv), base->gate));
    printf("ready, table for %u MiB of RAM\n", manager.store.frames.table_size / 256);
    server_check("serve", ipc_serve(&server));
    return 1;
}
