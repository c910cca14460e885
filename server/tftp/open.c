/* SPDX-License-Identifier: BSD-2-Clause */
#include "open.h"

#include <string.h>

#include "card.h"
#include "download.h"
#include "errors/errors.h"
#include "idl/fprov.h"
#include "ipc/ipc.h"
#include "keep.h"
#include "l4sys/irq.h"
#include "net.h"
#include "server/books.h"
#include "server/rows.h"
#include "server/server.h"

/* Ring: entries [first, first + count) modulo ROW_MAX. */
static struct {
    struct request ring[ROW_MAX];
    unsigned first, count;
} row;

void download_ended(struct ipc_server *server, struct request *request, long result,
                    uint64_t size)
{
    struct ipc_cap_out out = {0};

    if (result == 0)
        ipc_slot_out(request->dataspace, L4_CAP_RW, &out);
    if (result == -ERR_ENOFILE)
        keep_missing(request->name);
    fprov_open_reply(server, &request->later, result, size, &out);
    slots_release(request->dataspace);
    slots_release(request->dm);
}

static void serve_row(struct ipc_server *server)
{
    while (row.count > 0 && download_start(server, &row.ring[row.first])) {
        row.first = (row.first + 1) % ROW_MAX;
        row.count--;
    }
}

void tftp_tick_all(struct ipc_server *server)
{
    static bool said;

    net_poll();
    if (!said && net_ready()) {
        net_print();
        said = true;
    }
    downloads_tick(server, server_clock_us());
    serve_row(server);
    uint64_t now = server_clock_us();
    uint64_t net = net_deadline(now), downloads = downloads_deadline();
    server->deadline_us = net < downloads ? net : downloads;
}

static long take(struct ipc_call *call, struct request *r, struct ipc_cap_in *dm)
{
    r->dataspace = slots_alloc();
    if (!r->dataspace)
        return -ERR_ENOMEM;
    long result = ipc_take_cap(call, dm, &r->dm);
    if (result >= 0)
        result = ipc_defer(call, &r->later);
    if (result < 0) {
        slots_release(r->dm);
        slots_free(r->dataspace);
    }
    return result;
}

static long op_open(struct ipc_call *call, const char *name, struct ipc_cap_in *dm, uint64_t *size,
                    struct ipc_cap_out *dataspace)
{
    const char *path = tftp_path(name);
    struct request *r = &row.ring[(row.first + row.count) % ROW_MAX];

    (void)size;
    (void)dataspace;
    if (!path || strlen(path) > TFTP_NAME_MAX)
        return -ERR_ENOFILE;
    if (row.count == ROW_MAX)
        return -ERR_EAGAIN;
    *r = (struct request){.dm = 0};
    strcpy(r->name, path);
    long result = take(call, r, dm);
    if (result < 0)
        return result;
    row.count++;
    tftp_tick_all(call->server);
    return IPC_LATER;
}

static long op_version(struct ipc_call *call, const char *name, uint64_t *version)
{
    const char *path = tftp_path(name);

    (void)call;
    return path ? keep_version(path, server_clock_us(), version) : -ERR_ENOFILE;
}

/* Packets first: the card would fire again at once. */
static void card_fired(struct ipc_server *server, struct ipc_object *object)
{
    card_quiet();
    tftp_tick_all(server);
    l4_irq_unmask(object->gate);
}

static void print_books(FILE *to)
{
    struct books_row rows[] = {{"-", "transfer", downloads_busy() + row.count, 0}};

    books_write(to, "tftp", rows, 1);
}

static const struct fprov_ops base_ops = {.open = op_open, .version = op_version};
static const struct service base = {fprov_dispatch, &base_ops, print_books};

const struct ipc_kind tftp_base_kind = {.name = "base", .dispatch = service_dispatch,
                                        .ops = &base};
const struct ipc_kind tftp_card_kind = {.name = "card", .interrupt = card_fired};
