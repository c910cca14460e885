/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"

/* Between the files of the run-time: objects, labels, reply slots. */

#define IPC_LABEL_RIGHTS    0x3ull /* W and S of the capability used, put there by the kernel */
#define IPC_LABEL_INTERRUPT 0x4ull
#define IPC_LABEL_INDEX_SHIFT 4
#define IPC_LABEL_INDEX_MASK  0xffffull
#define IPC_LABEL_ID_SHIFT    20
#define IPC_LABEL_ID_MASK     0xfull
#define IPC_LABEL_GENERATION_SHIFT 24
#define IPC_GENERATION_MASK ((1ull << 40) - 1)

/** The deletion interrupt: generation 0 belongs to no object. */
uint64_t ipc_deletion_label(const struct ipc_server *server);

/** The live object that @label names, or null: never made here, or gone since. */
struct ipc_object *ipc_object_by_label(struct ipc_server *server, uint64_t label);

/** The live object whose gate is in slot @gate, or null. */
struct ipc_object *ipc_object_by_gate(struct ipc_server *server, l4_cap_t gate);

/** Calls gone() for each object whose gate has died, and frees their entries. */
void ipc_objects_scan(struct ipc_server *server);

/** The reply has arrived: somebody holds its objects now. */
void ipc_reply_delivered(struct ipc_reply *reply);

/** The reply is lost: undoes those of its objects that nobody holds. */
void ipc_reply_lost(struct ipc_server *server, struct ipc_reply *reply);

/** True if the IPC error @code was one of the send phase of a reply-and-wait. */
static inline bool ipc_send_failed(uint64_t code)
{
    return !(code & 1) || code == L4_IPC_NO_REPLY_CAP;
}
