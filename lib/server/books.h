/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>
#include "ipc/server.h"

/*
 * Books on demand (idl/books.idl): the base gate of a server understands its own interface and
 * this one. The server links the stubs of `books` and makes its base kind with
 * .dispatch = service_dispatch and .ops = a struct service.
 */
struct service {
    long (*dispatch)(const void *ops, struct ipc_call *call); /* NAME_dispatch and its ops */
    const void *ops;
    void (*books)(FILE *to); /* writes the lines of contracts.md 4; that of its slots follows */
};

/** For struct ipc_kind; @ops is a struct service. */
long service_dispatch(const void *ops, struct ipc_call *call);
