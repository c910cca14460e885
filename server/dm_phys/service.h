/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "dataspace.h"
#include "ipc/ipc.h"
#include "manager.h"

/*
 * The manager behind its two interfaces. struct ipc_server's data is the struct manager; a
 * session object's data its struct session, a dataspace object's its struct dataspace.
 */

#define SERVICE_OBJECTS 8192 /* sessions and dataspaces together */

extern const struct ipc_kind session_kind;   /* interface dm (op_session.c) */
extern const struct ipc_kind dataspace_kind; /* interface dataspace (op_dataspace.c) */

static inline struct manager *call_manager(const struct ipc_call *call)
{
    return call->server->data;
}

/** Bytes that roottask still has for us (memory.c); 0 if it does not say. */
uint64_t memory_at_roottask(void);

/**
 * Gets memory for the table of frames and sets up @frames to grow from roottask (memory.c).
 * -L4_ENOMEM, or roottask's error.
 */
long memory_init(struct frames *frames);

/** Mappings in our own address space (space.c). */
extern const struct manager_kernel space_kernel;
