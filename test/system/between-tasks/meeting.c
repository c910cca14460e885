/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/names.h"
#include "ipc/ipc.h"
#include "server/server.h"

/*
 * Where tasks that may not register names meet: it speaks `names`, to everybody. "memory" is a
 * dataspace; "0" and "1" are what the parties have brought, without the S right.
 */

static struct ipc_object objects[2];
static struct ipc_reply_slot replies[1];
static l4_cap_t memory, brought[2];

static l4_cap_t *place_of(const char *name)
{
    unsigned i = (unsigned)(name[0] - '0');
    return i < 2 && !name[1] ? &brought[i] : NULL;
}

static long op_register(struct ipc_call *call, const char *name, struct ipc_cap_in *service)
{
    l4_cap_t *place = place_of(name);

    if (!place || *place)
        return -ERR_EINVAL;
    return ipc_take_cap_weak(call, service, place);
}

static long op_query(struct ipc_call *call, const char *name, uint64_t timeout_us,
                     struct ipc_cap_out *service)
{
    l4_cap_t *place = strcmp(name, "memory") == 0 ? &memory : place_of(name);

    (void)call, (void)timeout_us;
    if (!place || !*place)
        return -ERR_ENOENT;
    ipc_slot_out(*place, L4_CAP_RW, service);
    return 0;
}

static const struct names_ops ops = {.register_ = op_register, .query = op_query};
static const struct ipc_kind kind = {.name = "meeting", .dispatch = names_dispatch, .ops = &ops};

int main(void)
{
    static struct ipc_server server = {
        .name = "meeting", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = 2, .replies = replies, .reply_count = 1};
    struct ipc_object *gate = NULL;

    server_check("DM_PHYS", server_open_dm(L4_PAGE_SIZE, NULL));
    memory = slots_alloc();
    server_check("memory", dm_open(TASK_CAP_DM, L4_PAGE_SIZE, 0, "meeting", memory));
    server_check("server", ipc_server_init(&server));
    server_check("gate", ipc_service_create(&server, &kind, NULL, &gate));
    server_check("register MEETING", server_register("MEETING", gate->gate));
    server_check("serve", ipc_serve(&server));
    return 1;
}
