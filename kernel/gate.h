/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>

#include "object.h"

struct thread;

/**
 * IPC gate. With a thread it is on that thread's list of gates and `senders` is empty. Without one
 * senders wait on its own queue, unless its thread died (orphaned): then they fail.
 */
struct gate {
    struct object object;
    uint64_t label; /* bits 0 and 1 clear */
    struct thread *thread;
    bool orphaned;
    struct list of_thread;
    struct list senders;
};

extern const struct object_type gate_type;

/** The gate that @object is, or NULL. */
static inline struct gate *gate_of(struct object *object)
{
    return object->type == &gate_type ? container_of(object, struct gate, object) : NULL;
}

/** True if a message of @protocol is for the gate itself; all others go to its thread. */
static inline bool gate_wants(unsigned attributes, long protocol)
{
    return protocol == L4_PROTO_KOBJECT && attributes & L4_ITEM_SERVER;
}

struct gate *gate_create(struct quota *quota);

/** Binds or re-binds; senders that wait at the gate go on to @thread. */
void gate_bind(struct gate *gate, struct thread *thread, uint64_t label);

/** The gate's thread has died. */
void gate_orphan(struct gate *gate);
