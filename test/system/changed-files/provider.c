/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <l4/error.h>
#include <task/slots.h>

#include "idl/fprov.h"
#include "ipc/ipc.h"
#include "ipc/slots.h"
#include "server/server.h"

/*
 * A file provider, CHANGING, in front of BMODFS, whose library libt_version1.so changes. The test
 * tells it by asking for the version of a file called so: "use 1", "use 2" (which contents),
 * "known", "unknown" (whether it can tell versions).
 */

static struct ipc_object objects[8];
static struct ipc_reply_slot replies[4];
static l4_cap_t bmodfs;
static unsigned contents = 1;
static bool unknown;

static struct ipc_server server = {
    .name = "changing", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
    .objects = objects, .object_count = 8, .replies = replies, .reply_count = 4,
};

static bool changes(const char *name)
{
    return strcmp(name, "libt_version1.so") == 0;
}

static long op_version(struct ipc_call *call, const char *name, uint64_t *version)
{
    (void)call;
    if (strncmp(name, "use ", 4) == 0)
        contents = (unsigned)(name[4] - '0');
    else if (strcmp(name, "known") == 0 || strcmp(name, "unknown") == 0)
        unknown = name[0] == 'u';
    if (unknown)
        return -L4_ENOSYS;
    *version = changes(name) ? 10 + contents : 10;
    return 0;
}

/** Answered as if later, so that nothing is held here any more when the client goes on. */
static long op_open(struct ipc_call *call, const char *name, struct ipc_cap_in *dm, uint64_t *size,
                    struct ipc_cap_out *dataspace)
{
    l4_cap_t file = slots_alloc();
    struct ipc_later later;
    long error = fprov_open(bmodfs, changes(name) && contents == 2 ? "libt_version2.so" : name,
                            dm->slot, size, file);

    ipc_slot_out(file, L4_CAP_RW, dataspace);
    if (error >= 0)
        error = ipc_defer(call, &later);
    if (error >= 0)
        fprov_open_reply(call->server, &later, 0, *size, dataspace);
    slots_release(file);
    return error < 0 ? error : IPC_LATER;
}

static const struct fprov_ops ops = {.open = op_open, .version = op_version};
static const struct ipc_kind kind = {.name = "base", .dispatch = fprov_dispatch, .ops = &ops};

int main(void)
{
    struct ipc_object *service;

    bmodfs = slots_alloc();
    server_check("bmodfs", server_query("BMODFS", 20000000, bmodfs));
    server_check("server", ipc_server_init(&server));
    server_check("base gate", ipc_service_create(&server, &kind, NULL, &service));
    server_check("register", server_register("CHANGING", service->gate));
    server_check("serve", ipc_serve(&server));
    return 1;
}
