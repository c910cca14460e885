/* SPDX-License-Identifier: BSD-2-Clause */
#include "hostile.h"

#include <string.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "ipc/ipc.h"
#include "l4sys/factory.h"
#include "l4sys/gate.h"
#include "l4sys/task.h"
#include "libc/server/server.h"
#include "server/thread.h"

#define MEMORY_ORDER 20

static _Alignas(1 << MEMORY_ORDER) unsigned char memory[1 << MEMORY_ORDER];
static volatile enum behaviour now;
static struct ipc_object objects[8];
static struct ipc_reply_slot replies[1];
static struct ipc_server server;
static const struct ipc_kind dataspace_kind;

static long op_open(struct ipc_call *call, uint64_t size, uint32_t flags, const char *name,
                    struct ipc_cap_out *dataspace)
{
    struct ipc_object *object;
    long result;

    (void)flags, (void)name;
    if (now == NO_MEMORY || size > sizeof(memory))
        return -ERR_ENOMEM;
    memset(memory, 0xee, sizeof(memory));
    result = ipc_object_create(call->server, &dataspace_kind, NULL, &object);
    if (result < 0)
        return result;
    ipc_gate_out(call, object, L4_CAP_RW, dataspace);
    return 0;
}

/* The tick right after a reply: we run before the copier, whose priority is lower. */
static void take_away(struct ipc_server *s)
{
    (void)s;
    l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem((uint64_t)memory, MEMORY_ORDER, L4_FPAGE_RWX),
                  L4_UNMAP_CHILDREN);
}

static long op_map(struct ipc_call *call, uint64_t offset, uint64_t size, uint64_t spot,
                   uint32_t rights, uint64_t *mapped, struct ipc_page *pages, uint32_t *count)
{
    unsigned allowed = now == MAPS_READ_ONLY ? L4_FPAGE_R : rights;

    *mapped = now == SAYS_TOO_MUCH ? size + L4_PAGE_SIZE : L4_PAGE_SIZE;
    *count = now == MAPS_NOTHING ? 0 : 1;
    pages[0] = (struct ipc_page){
        .hot_spot = spot,
        .fpage = l4_fpage_mem((uint64_t)memory + offset, L4_PAGE_SHIFT, allowed)};
    if (now == TAKES_AWAY)
        call->server->deadline_us = ipc_kernel_clock(call->server->kip);
    return 0;
}

static const struct dm_ops session_ops = {.open = op_open};
static const struct dataspace_ops dataspace_ops = {.map = op_map};
static const struct ipc_kind session_kind = {.name = "session", .dispatch = dm_dispatch,
                                             .ops = &session_ops};
static const struct ipc_kind dataspace_kind = {.name = "dataspace", .dispatch = dataspace_dispatch,
                                               .ops = &dataspace_ops};

static void serve(void)
{
    ipc_serve(&server);
}

static struct server_thread thread = {.name = "hostile", .number = 2, .priority = 158,
                                      .entry = serve};

long hostile_start(l4_cap_t *gate)
{
    struct ipc_object *session = NULL;
    long result = server_thread_make(&thread);

    server.name = "hostile";
    server.thread = thread.cap;
    server.factory = TASK_CAP_FACTORY;
    server.id = 1;
    server.objects = objects;
    server.object_count = 8;
    server.replies = replies;
    server.reply_count = 1;
    server.tick = take_away;
    server.kip = libc_kip();
    if (result == 0)
        result = ipc_server_init(&server);
    if (result == 0)
        result = ipc_service_create(&server, &session_kind, NULL, &session);
    if (result < 0)
        return result;
    *gate = session->gate;
    return server_thread_run(&thread);
}

void hostile_be(enum behaviour behaviour)
{
    now = behaviour;
}

const unsigned char *hostile_memory(void)
{
    return memory;
}

l4_cap_t hostile_silence(void)
{
    l4_cap_t slot = slots_alloc();

    return l4_factory_create_gate(TASK_CAP_FACTORY, slot, 0, 0) < 0 ? 0 : slot;
}
