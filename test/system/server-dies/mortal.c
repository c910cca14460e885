/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/fprov.h"
#include "idl/root.h"
#include "ipc/ipc.h"
#include "server/server.h"

/*
 * A file provider, MORTAL, that keeps callers waiting and dies when it is told to: by the file's
 * name.
 */

enum { LINGER_US = 200000 };

static struct ipc_object objects[2];
static struct ipc_reply_slot replies[4];

static long op_open(struct ipc_call *call, const char *name, struct ipc_cap_in *dm, uint64_t *size,
                    struct ipc_cap_out *dataspace)
{
    struct ipc_later kept;

    (void)dm, (void)size, (void)dataspace;
    if (strcmp(name, "hold") == 0) { /* for good */
        long error = ipc_defer(call, &kept);
        return error < 0 ? error : IPC_LATER;
    }
    if (strcmp(name, "die") == 0) {
        server_sleep_us(LINGER_US); /* others call meanwhile */
        printf("dies\n");
        root_exit(TASK_CAP_PAGER, 7);
    }
    return -ERR_ENOFILE;
}

int main(void)
{
    static const struct fprov_ops ops = {.open = op_open};
    static const struct ipc_kind kind = {.name = "base", .dispatch = fprov_dispatch, .ops = &ops};
    static struct ipc_server server = {
        .name = "mortal", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = 2, .replies = replies, .reply_count = 4};
    struct ipc_object *gate = NULL;

    server_check("server", ipc_server_init(&server));
    server_check("gate", ipc_service_create(&server, &kind, NULL, &gate));
    server_check("register MORTAL", server_register("MORTAL", gate->gate));
    server_check("serve", ipc_serve(&server));
    return 1;
}
