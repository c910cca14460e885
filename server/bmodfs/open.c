/* SPDX-License-Identifier: BSD-2-Clause */
#include <task/layout.h>
#include "copier.h"
#include "errors/errors.h"
#include "files.h"
#include "idl/fprov.h"
#include "ipc/ipc.h"
#include "open.h"
#include "server/books.h"
#include "server/rows.h"
#include "transfers.h"
#include "view.h"

static struct files files;
static struct transfers transfers;

/* Begins with the first request of the row, if there is one. */
static void begin(struct ipc_server *server)
{
    struct transfer *t = transfers_first(&transfers);

    server->deadline_us = t ? ipc_kernel_clock(server->kip) + TRANSFER_BOUND_US : 0;
    if (t)
        copier_start(&(struct copy){t->file, t->dm, t->dataspace});
}

/* Answers the first request with @result, gives back what belongs to it, begins with the next. */
static void finish(struct ipc_server *server, long result)
{
    struct transfer *t = transfers_first(&transfers);
    struct ipc_cap_out out = {0};

    copier_stop();
    if (result == 0)
        ipc_slot_out(t->dataspace, L4_CAP_RW, &out);
    else
        printf("%s: %s\n", t->file->name, error_text(result));
    fprov_open_reply(server, &t->later, result, t->file->size, &out);
    slots_release(t->dataspace);
    slots_release(t->dm);
    transfers_next(&transfers);
    begin(server);
}

static long add(struct ipc_call *call, struct transfer *t, struct ipc_cap_in *dm)
{
    long result;

    t->dataspace = slots_alloc();
    if (!t->dataspace)
        return -ERR_ENOMEM;
    result = ipc_take_cap(call, dm, &t->dm);
    if (result < 0)
        return result;
    return ipc_defer(call, &t->later);
}

static long op_open(struct ipc_call *call, const char *name, struct ipc_cap_in *dm, uint64_t *size,
                    struct ipc_cap_out *dataspace)
{
    const struct file *file = files_find(&files, name);
    struct transfer *t;
    long result;

    if (!file)
        return -ERR_ENOFILE;
    if (view_wanted(name) && view_possible(file)) {
        *size = file->size;
        return view_open(call, file, dataspace);
    }
    t = transfers_add(&transfers);
    if (!t)
        return -ERR_EAGAIN;
    t->file = file;
    result = add(call, t, dm);
    if (result < 0) {
        slots_free(t->dataspace);
        slots_release(t->dm);
        transfers_cancel(&transfers);
        return result;
    }
    if (transfers.count == 1)
        begin(call->server);
    return IPC_LATER;
}

/* Boot modules are what they are until the machine is switched off. */
static long op_version(struct ipc_call *call, const char *name, uint64_t *version)
{
    (void)call;
    *version = FPROV_FOREVER;
    return files_find(&files, name) ? 0 : -ERR_ENOFILE;
}

void bmodfs_tick(struct ipc_server *server)
{
    if (transfers_first(&transfers))
        finish(server, -ERR_ETRANSFER);
}

/* The interrupt may be one of a copy that has been stopped just then: only the flag counts. */
static void copier_done(struct ipc_server *server, struct ipc_object *object)
{
    long result;

    (void)object;
    if (copier_finished(&result) && transfers_first(&transfers))
        finish(server, result);
}

/* Page fault or exception of the copier: its pages are gone, by whoever manages them. */
static long copier_fault(struct ipc_call *call)
{
    if (transfers_first(&transfers))
        finish(call->server, -ERR_ETRANSFER);
    return 0; /* the fault was cancelled: the answer finds nobody */
}

static void print_books(FILE *to)
{
    struct books_row rows[] = {{"-", "file", files.count, 0},
                               {"-", "transfer", transfers.count, 0},
                               {"-", "view", view_count(), 0}};

    books_write(to, "bmodfs", rows, 3);
}

static const struct fprov_ops base_ops = {.open = op_open, .version = op_version};
static const struct service base = {fprov_dispatch, &base_ops, print_books};
static const struct ipc_kind done_kind = {.name = "done", .interrupt = copier_done};
static const struct ipc_kind fault_kind = {.name = "fault", .foreign = copier_fault};

const struct ipc_kind bmodfs_base_kind = {.name = "base", .dispatch = service_dispatch,
                                          .ops = &base};

unsigned bmodfs_files(void)
{
    return files.count;
}

long bmodfs_init(struct ipc_server *server)
{
    unsigned passed_by = files_init(&files, (const struct l4_mod_info *)SERVER_MODULES);
    struct ipc_object *done, *fault;
    long result;

    if (passed_by > 0)
        printf("%u modules have no name of their own and cannot be opened\n", passed_by);
    result = ipc_irq_create(server, &done_kind, NULL, &done);
    if (result == 0)
        result = ipc_service_create(server, &fault_kind, NULL, &fault);
    if (result == 0)
        result = copier_init(fault->gate, done->gate);
    return result;
}
