/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "table.h"
#include "waiters.h"

/* The name server: its state, and what its sessions and base gate understand. */

#define SESSIONS_MAX 256
#define ENTRIES_MAX  1024

/** A client. Entry is free while @open is false. */
struct session {
    bool open;
    char tag[NAME_MAX_LENGTH + 1]; /* one word */
};

/** Kind of the base gate (service `names` with its books) and of the sessions. */
extern const struct ipc_kind names_base_kind, names_session_kind;

/** Empty tables. */
void names_init(void);

/** Enters a capability of this task under @name, for ever. Errors: table_add(). */
long names_enter(const char *name, l4_cap_t slot);

/** struct ipc_server: callers whose time is over. */
void names_tick(struct ipc_server *server);
