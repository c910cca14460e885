/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "fetch.h"

/** What the loader asks for (idl/exec.idl, operations open and open_image). */
struct open_request {
    const char *name;
    const char *libpath;
    struct ipc_cap_in *provider;
    struct ipc_cap_in *dm;
    struct ipc_bulk_in *table;
    struct ipc_bulk_in *image; /* the program's file; null: the provider has it */
};

/**
 * Steps 2 to 4 of the paper's 2.2: starts to fetch, goes on whenever a file has come, links and
 * answers at the end. Returns IPC_LATER, or an error at once: -ERR_EAGAIN too many at a time,
 * -ERR_EINVAL, -ERR_ENOMEM, of the image -ERR_ETRUNCATED, -ERR_E2BIG,
 * -ERR_EBUSY another one whose manager is not DM_PHYS is being copied.
 */
long open_start(struct ipc_call *call, const struct open_request *request);

/** A file has come (or not): goes on with the opening that asked for it. */
void open_continue(struct fetch *job);

/** Remembers the server that answers. */
void open_init(struct ipc_server *server);

/** Programs being opened. */
unsigned open_count(void);
