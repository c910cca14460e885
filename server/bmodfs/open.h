/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"

/* The operation of the file provider. */

/** The base gate: interface fprov and the books. */
extern const struct ipc_kind bmodfs_base_kind;

/** Reads the list of files and makes the copier. Errors of the kernel. */
long bmodfs_init(struct ipc_server *server);

/** Number of files there are. */
unsigned bmodfs_files(void);

/** struct ipc_server: the manager of the running transfer has had its time. */
void bmodfs_tick(struct ipc_server *server);
