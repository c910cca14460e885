/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>

#include "books.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/names.h"
#include "server/books.h"
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

/** Start-up is impossible: says at which step, and ends. */
static int stop(const char *step, long result)
{
    printf("cannot start: %s: %s\n", step, error_text(result));
    return 1;
}

int main(void)
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
    long result = memory_init(&manager.store.frames);
    if (result < 0)
        return stop("memory for the table of frames", result);
    manager.kernel = space_kernel;
    result = manager_init(&manager);
    if (result == 0)
        result = session_open(&manager, "DM_PHYS", SESSION_NO_LIMIT, &account);
    if (result < 0)
        return stop("first frames", result);
    account->base = true;
    service.ops = session_kind.ops;
    result = ipc_server_init(&server);
    if (result == 0)
        result = ipc_service_create(&server, &base_kind, account, &base);
    if (result < 0)
        return stop("base session", result);
    result = names_register(TASK_CAP_NAMES, "DM_PHYS", base->gate);
    if (result < 0)
        return stop("register DM_PHYS", result);
    printf("ready, table for %u MiB of RAM\n", manager.store.frames.table_size / 256);
    return stop("serve", ipc_serve(&server));
}
