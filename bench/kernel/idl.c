/* SPDX-License-Identifier: BSD-2-Clause */
/* The null call through the IDL: generated stubs and the server loop, two tasks. */
#include "bench.h"

#include "idl/sample.h"
#include "ipc/ipc.h"

enum { ROUNDS = 1000, FIRST_SLOT = 0x400, SLOTS = 64, OBJECTS = 4, GATE = 0x31000 };

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[2];
static struct ipc_server server;
static struct worker serving, calling;
static struct abi_task child;
static struct ipc_object *base;

static long op_nothing(struct ipc_call *call)
{
    (void)call;
    return 0;
}

static const struct sample_ops ops = {.nothing = op_nothing};
static const struct ipc_kind kind = {.name = "null", .dispatch = sample_dispatch, .ops = &ops};

static void serve(struct worker *w)
{
    server = (struct ipc_server){
        .name = "null", .thread = w->cap, .factory = L4_BASE_FACTORY_CAP,
        .objects = objects, .object_count = OBJECTS, .replies = replies, .reply_count = 2};
    w->result = ipc_server_init(&server);
    if (!w->result)
        w->result = ipc_service_create(&server, &kind, NULL, &base);
    if (!w->result)
        ipc_serve(&server);
}

static void call(struct worker *w)
{
    uint64_t start = l4_cycles();

    for (unsigned i = 0; i < ROUNDS; i++)
        if (sample_nothing(GATE))
            return;
    w->result = (long)(l4_cycles() - start);
}

void bench_idl(void)
{
    slots_init(FIRST_SLOT, SLOTS);
    bench_need(task_new(&child), "task");
    bench_need(worker_start(&serving, &own_task, serve, MAIN_PRIORITY + 2) && base, "server");
    bench_need(!l4_task_map_cap(child.cap, base->gate, GATE, L4_CAP_RW), "gate");
    bench_need(worker_create(&calling, &child), "client");
    struct bench b = bench_begin();
    bench_need(worker_run(&calling, call, MAIN_PRIORITY + 1) && calling.done && calling.result > 0,
               "calls");
    bench_report(&b, "idl-null-call", ROUNDS, (uint64_t)calling.result);
}
