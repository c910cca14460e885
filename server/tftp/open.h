/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"

/* The operation of the file provider, and the row of clients that wait for a free download. */

#define ROW_MAX 24

/** The base gate: interface fprov and the books. */
extern const struct ipc_kind tftp_base_kind;

/** The card's interrupt. */
extern const struct ipc_kind tftp_card_kind;

/** struct ipc_server: network, downloads, row; sets the next deadline. */
void tftp_tick_all(struct ipc_server *server);
