/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <string.h>

#include "cache.h"
#include "errors/errors.h"
#include "function.h"
#include "idl/dm.h"
#include "idl/exec_task.h"
#include "ipc/slots.h"
#include "link.h"

static struct client clients[CLIENTS];

static struct client *alloc(void)
{
    for (unsigned i = 0; i < CLIENTS; i++)
        if (!clients[i].busy)
            return &clients[i];
    return NULL;
}

const struct client *client_next(const struct client *client)
{
    client = client ? client + 1 : clients;
    while (client < clients + CLIENTS && !client->busy)
        client++;
    return client < clients + CLIENTS ? client : NULL;
}

/**
 * Copies the master on the task's own session, so that the books know for whom. A program in which
 * nothing is written gets a dataspace, too: an answer has a capability, or it is none.
 */
static long copy_master(struct client *client, l4_cap_t dm)
{
    const struct memory *master = &client->set->master;
    long error;

    client->written = slots_alloc();
    if (!client->written)
        return -ERR_ENOMEM;
    if (master->size)
        error = dm_copy(dm, master->dataspace, 0, master->size, "written", client->written);
    else
        error = dm_open(dm, L4_PAGE_SIZE, DM_SPARSE, "written", client->written);
    if (error < 0) {
        slots_free(client->written);
        client->written = 0;
    }
    return error;
}

long client_make(struct ipc_server *server, struct set *set, l4_cap_t dm,
                 struct client **result)
{
    struct client *client = alloc();

    if (!client)
        return -ERR_ETOOMANY;
    *client = (struct client){.set = set};
    long error = copy_master(client, dm);
    if (error < 0)
        return error;
    error = ipc_object_create(server, &client_kind, client, &client->object);
    if (error < 0) {
        slots_release(client->written);
        return error;
    }
    client->busy = true;
    client->dm = dm;
    set->clients++;
    *result = client;
    return 0;
}

static void leave(struct client *client)
{
    client->set->clients--;
    client->set->used_at = cache_now();
    client->busy = false;
}

void client_unmake(struct ipc_server *server, struct client *client)
{
    ipc_object_destroy(server, client->object);
    slots_release(client->written);
    leave(client);
}

/** The task is gone, or never got its entry. */
static void gone(struct ipc_server *server, struct ipc_object *object)
{
    struct client *client = object->data;

    (void)server;
    slots_release(client->written);
    slots_release(client->dm);
    leave(client);
    cache_trim();
}

static long op_link(struct ipc_call *call, struct ipc_bulk_in *placement,
                    uint32_t *relocations)
{
    return link_again(call->object->data, placement, relocations);
}

static long op_function(struct ipc_call *call, uint32_t object, uint64_t offset, uint64_t *start,
                        char *name)
{
    const struct client *client = call->object->data;
    struct function function;

    if (object >= client->set->count)
        return -ERR_EINVAL;
    long error = function_find(client->set->objects[object], offset, &function);
    if (error)
        return error;
    *start = function.start;
    memcpy(name, function.name, sizeof function.name);
    return 0;
}

static const struct exec_task_ops ops = {.link = op_link, .function = op_function};

const struct ipc_kind client_kind = {
    .name = "task",
    .dispatch = exec_task_dispatch,
    .ops = &ops,
    .gone = gone,
};
