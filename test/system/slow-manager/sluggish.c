/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "ipc/ipc.h"
#include "server/server.h"

/*
 * SLUGGISH: a dataspace of 64 pages whose manager takes 0.2 s for each answer, but is at several at
 * a time. Byte 0 of page n is n.
 */

enum { PAGES = 64, DELAY_US = 200000, WAITERS = 48 };

static _Alignas(L4_PAGE_SIZE) unsigned char pages[PAGES][L4_PAGE_SIZE];
static struct ipc_object objects[4];
static struct ipc_reply_slot replies[WAITERS + 1];

/** Somebody who is answered later. */
static struct {
    struct ipc_later later;
    uint64_t when_us, offset, spot;
} waiters[WAITERS];

static long op_map(struct ipc_call *call, uint64_t offset, uint64_t size, uint64_t spot,
                   uint32_t rights, uint64_t *mapped, struct ipc_page *page, uint32_t *count)
{
    (void)size, (void)rights, (void)mapped, (void)page, (void)count;
    if (offset >= sizeof pages || (offset & ~L4_PAGE_MASK))
        return -ERR_ERANGE;
    for (unsigned i = 0; i < WAITERS; i++) {
        if (ipc_later_pending(call->server, &waiters[i].later))
            continue;
        long error = ipc_defer(call, &waiters[i].later);
        if (error < 0)
            return error;
        waiters[i].when_us = server_clock_us() + DELAY_US;
        waiters[i].offset = offset;
        waiters[i].spot = spot;
        if (!call->server->deadline_us)
            call->server->deadline_us = waiters[i].when_us;
        return IPC_LATER;
    }
    return -ERR_EAGAIN;
}

/** Answers those whose time has come. */
static void tick(struct ipc_server *server)
{
    uint64_t now = server_clock_us();

    server->deadline_us = 0;
    for (unsigned i = 0; i < WAITERS; i++) {
        if (!ipc_later_pending(server, &waiters[i].later))
            continue;
        if (waiters[i].when_us > now) {
            if (!server->deadline_us || waiters[i].when_us < server->deadline_us)
                server->deadline_us = waiters[i].when_us;
            continue;
        }
        struct ipc_page page = {
            .hot_spot = waiters[i].spot,
            .fpage = l4_fpage_mem((uint64_t)pages + waiters[i].offset, L4_PAGE_SHIFT, L4_FPAGE_R)};
        dataspace_map_reply(server, &waiters[i].later, 0, L4_PAGE_SIZE, &page, 1);
    }
}

static const struct dataspace_ops ops = {.map = op_map};
static const struct ipc_kind kind = {
    .name = "sluggish", .dispatch = dataspace_dispatch, .ops = &ops};

static struct ipc_server server = {
    .name = "sluggish", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
    .objects = objects, .object_count = 4, .replies = replies, .reply_count = WAITERS + 1,
    .tick = tick,
};

int main(void)
{
    struct ipc_object *service;

    for (unsigned i = 0; i < PAGES; i++)
        pages[i][0] = (unsigned char)i;
    server.kip = (const struct l4_kip *)TASK_KIP;
    server_check("server", ipc_server_init(&server));
    server_check("gate", ipc_service_create(&server, &kind, NULL, &service));
    server_check("register", server_register("SLUGGISH", service->gate));
    server_check("serve", ipc_serve(&server));
    return 1;
}
