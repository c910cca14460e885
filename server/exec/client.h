/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"
#include "set.h"

/** exec's entry for one task: what the second link step needs. Dies with the task's gate. */
struct client {
    bool busy;
    struct set *set;
    l4_cap_t dm;      /* session of the task at its dataspace manager */
    l4_cap_t written; /* the task's copy of the master */
    struct ipc_object *object;
};

enum { CLIENTS = 256 };

/**
 * Makes the entry of a new task: copies the master on the task's session @dm, which the entry keeps
 * from now on. -ERR_ENOMEM; errors of the dataspace manager; @dm stays the caller's then.
 */
long client_make(struct ipc_server *server, struct set *set, l4_cap_t dm,
                 struct client **client);

/** Undoes client_make() before anybody has got the gate; @dm stays with the caller. */
void client_unmake(struct ipc_server *server, struct client *client);

/** The entry after @client in the table, from null on; null at the end. */
const struct client *client_next(const struct client *client);

/** Kind of the entries' gates (idl/exec_task.idl). */
extern const struct ipc_kind client_kind;
