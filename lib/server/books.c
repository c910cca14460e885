/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/books.h"
#include "idl/books.h"
#include "ipc/slots.h"
#include "server/server.h"

extern const char *__progname;

static long op_print(struct ipc_call *call)
{
    const struct service *service = call->object->kind->ops;

    if (!(call->rights & L4_CAP_S))
        return -L4_EPERM;
    service->books(stdout);
    printf("books %s - slot %u 0\n", __progname, SERVER_SLOTS - slots_left());
    fflush(stdout);
    return 0;
}

static const struct books_ops books_ops = {.print = op_print};

long service_dispatch(const void *ops, struct ipc_call *call)
{
    const struct service *service = ops;

    if (l4_msgtag_label(call->tag) == BOOKS_PROTOCOL)
        return books_dispatch(&books_ops, call);
    return service->dispatch(service->ops, call);
}
