/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/fprov.h"
#include "ipc/ipc.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/task.h"
#include "server/server.h"
#include "server/thread.h"

/*
 * A file provider, STRANGE, in front of BMODFS, whose managers of dataspaces are strange: by the
 * first component of a file's name. "hole": a page is missing after three good ones, though it says
 * that it was mapped. "lie": more bytes were mapped than wanted. "nothing": none were. "refuse": an
 * error. "silent": no answer. "huge": a good one, with a size that nobody has. "vanish": pages are
 * taken away all the time by another thread. Others are bmodfs's.
 */

enum strange { HOLE, LIE, NOTHING, REFUSE, SILENT, HUGE, VANISH, PLAIN };

static const char *const names[PLAIN] = {"hole", "lie", "nothing", "refuse", "silent", "huge", "vanish"};
static struct ipc_object objects[40];
static struct ipc_reply_slot replies[4];
static _Alignas(L4_PAGE_SIZE) unsigned char page[L4_PAGE_SIZE];
static l4_cap_t bmodfs, silent;

static struct ipc_server server = {
    .name = "strange", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
    .objects = objects, .object_count = 40, .replies = replies, .reply_count = 4,
};

static void take_away(void)
{
    for (;;) {
        server_sleep_us(500);
        l4_task_unmap(TASK_CAP_TASK, l4_fpage_mem((uint64_t)page, L4_PAGE_SHIFT, L4_FPAGE_RWX),
                      L4_UNMAP_CHILDREN);
    }
}

static struct server_thread taker = {
    .name = "strange.take", .number = 1, .priority = 160, .entry = take_away};

/** As many as fit, so that the client is at work on them for a while. */
static long vanishing(uint64_t spot, uint64_t *mapped, struct ipc_page *pages, uint32_t *count)
{
    for (*count = 0; *count < 24; (*count)++)
        pages[*count] = (struct ipc_page){
            .hot_spot = spot + *count * L4_PAGE_SIZE,
            .fpage = l4_fpage_mem((uint64_t)page, L4_PAGE_SHIFT, L4_FPAGE_R)};
    *mapped = 24 * L4_PAGE_SIZE;
    return 0;
}

static long op_map(struct ipc_call *call, uint64_t offset, uint64_t size, uint64_t spot,
                   uint32_t rights, uint64_t *mapped, struct ipc_page *pages, uint32_t *count)
{
    enum strange how = (enum strange)(uintptr_t)call->object->data;

    (void)rights;
    if (how == REFUSE)
        return -ERR_ENOMEM;
    *mapped = how == LIE ? size + (1 << 20) : how == NOTHING ? 0 : L4_PAGE_SIZE;
    *count = how == HOLE && offset >= 3 * L4_PAGE_SIZE ? 0 : 1;
    if (how == VANISH)
        return vanishing(spot, mapped, pages, count);
    pages[0] = (struct ipc_page){
        .hot_spot = spot, .fpage = l4_fpage_mem((uint64_t)page, L4_PAGE_SHIFT, L4_FPAGE_R)};
    return 0;
}

static const struct dataspace_ops page_ops = {.map = op_map};
static const struct ipc_kind page_kind = {
    .name = "page", .dispatch = dataspace_dispatch, .ops = &page_ops};

static long strange_dataspace(struct ipc_call *call, enum strange how, struct ipc_cap_out *out)
{
    struct ipc_object *object;

    if (how == SILENT) {
        ipc_slot_out(silent, L4_CAP_RW, out);
        return 0;
    }
    long error = ipc_object_create(call->server, &page_kind, (void *)(uintptr_t)how, &object);
    if (error >= 0)
        ipc_gate_out(call, object, L4_CAP_RW, out);
    return error;
}

static enum strange how_is(const char *name)
{
    enum strange how = HOLE;

    while (how < PLAIN && (strncmp(name, names[how], strlen(names[how])) != 0
                           || name[strlen(names[how])] != '/'))
        how++;
    return how;
}

static long op_open(struct ipc_call *call, const char *name, struct ipc_cap_in *dm, uint64_t *size,
                    struct ipc_cap_out *dataspace)
{
    enum strange how = how_is(name);
    struct ipc_later later;

    if (how != PLAIN) {
        *size = how == HUGE     ? 1ull << 40
                : how == VANISH ? 2400 * L4_PAGE_SIZE
                                : 10 * L4_PAGE_SIZE;
        return strange_dataspace(call, how, dataspace);
    }
    l4_cap_t file = slots_alloc();
    long error = fprov_open(bmodfs, name, dm->slot, size, file);
    ipc_slot_out(file, L4_CAP_RW, dataspace);
    if (error >= 0)
        error = ipc_defer(call, &later);
    if (error >= 0)
        fprov_open_reply(call->server, &later, 0, *size, dataspace);
    slots_release(file);
    return error < 0 ? error : IPC_LATER;
}

static const struct fprov_ops ops = {.open = op_open};
static const struct ipc_kind kind = {.name = "base", .dispatch = fprov_dispatch, .ops = &ops};

int main(void)
{
    struct ipc_object *service;

    bmodfs = slots_alloc();
    silent = slots_alloc();
    server_check("bmodfs", server_query("BMODFS", 20000000, bmodfs));
    server_check("silent gate", l4_factory_create_gate(TASK_CAP_FACTORY, silent, 0, 0));
    server_check("server", ipc_server_init(&server));
    server_check("base gate", ipc_service_create(&server, &kind, NULL, &service));
    server_check("thread", server_thread_make(&taker));
    server_check("thread", server_thread_run(&taker));
    server_check("register", server_register("STRANGE", service->gate));
    server_check("serve", ipc_serve(&server));
    return 1;
}
