/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"

/* Between the loop, the later answers and the unit tests. */

/**
 * Handles one message that lies in the UTCB. True if an answer is to be sent: its words are in
 * the UTCB, its tag in call->reply.
 */
bool ipc_handle(struct ipc_server *server, struct ipc_call *call, l4_msgtag_t tag, uint64_t label);

/** Answers the caller in reply slot @slot with what is in the UTCB; does the books of @reply. */
long ipc_reply_send(struct ipc_server *server, unsigned slot, struct ipc_reply *reply);

/** The operation has deferred its caller and then failed: the answer goes out at once. */
void ipc_undefer(struct ipc_call *call);
