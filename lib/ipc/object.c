/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/object.h"
#include "ipc/slots.h"
#include "ipc/transport.h"
#include "ipc/wire.h"

/*
 * The objects of a server. An entry is live while its kind is set; its generation is never 0
 * and grows when the entry is freed, so the labels of messages that were queued before name
 * nothing.
 */

static uint64_t label_of(const struct ipc_server *server, const struct ipc_object *object)
{
    uint64_t index = (uint64_t)(object - server->objects);

    return index << IPC_LABEL_INDEX_SHIFT | (uint64_t)server->id << IPC_LABEL_ID_SHIFT
           | object->generation << IPC_LABEL_GENERATION_SHIFT
           | (object->interrupt ? IPC_LABEL_INTERRUPT : 0);
}

uint64_t ipc_object_label(const struct ipc_server *server, const struct ipc_object *object)
{
    return label_of(server, object);
}

uint64_t ipc_deletion_label(const struct ipc_server *server)
{
    return IPC_LABEL_INTERRUPT | (uint64_t)server->id << IPC_LABEL_ID_SHIFT;
}

struct ipc_object *ipc_object_by_label(struct ipc_server *server, uint64_t label)
{
    uint64_t index = label >> IPC_LABEL_INDEX_SHIFT & IPC_LABEL_INDEX_MASK;
    struct ipc_object *object;

    if (index >= server->object_count)
        return NULL;
    object = &server->objects[index];
    if (!object->kind || label_of(server, object) != (label & ~IPC_LABEL_RIGHTS))
        return NULL;
    return object;
}

struct ipc_object *ipc_object_by_gate(struct ipc_server *server, l4_cap_t gate)
{
    for (unsigned i = 0; i < server->object_end; i++)
        if (server->objects[i].kind && server->objects[i].gate == gate)
            return &server->objects[i];
    return NULL;
}

struct ipc_object *ipc_local_object(struct ipc_server *server, const struct ipc_cap_in *cap)
{
    struct ipc_object *object = cap->local ? ipc_object_by_label(server, cap->label) : NULL;

    return object && !object->interrupt ? object : NULL;
}

static struct ipc_object *find_free(struct ipc_server *server)
{
    for (unsigned i = server->object_hint; i < server->object_count; i++) {
        if (server->objects[i].kind)
            continue;
        server->object_hint = i;
        if (server->object_end <= i)
            server->object_end = i + 1;
        return &server->objects[i];
    }
    return NULL;
}

/* Makes the entry unreachable; the gate's slot is empty already. */
static void entry_free(struct ipc_server *server, struct ipc_object *object)
{
    unsigned index = (unsigned)(object - server->objects);

    if (index < server->object_hint)
        server->object_hint = index;
    slots_free(object->gate);
    object->generation = (object->generation + 1) & IPC_GENERATION_MASK;
    if (object->generation == 0)
        object->generation = 1;
    object->kind = NULL;
    object->data = NULL;
    object->gate = 0;
}

/* A table entry and a slot for its gate; nothing is live yet. */
static struct ipc_object *entry_alloc(struct ipc_server *server, bool interrupt)
{
    struct ipc_object *object = find_free(server);
    l4_cap_t slot = object ? slots_alloc() : 0;

    if (!slot)
        return NULL;
    object->gate = slot;
    object->interrupt = interrupt;
    object->held = false;
    if (object->generation == 0)
        object->generation = 1;
    return object;
}

static long create(struct ipc_server *server, const struct ipc_kind *kind,
                   struct ipc_object *object, bool counted)
{
    uint64_t label = label_of(server, object);
    long result;

    if (object->interrupt)
        result = ipc_kernel_irq(server->factory, object->gate, server->thread, label);
    else
        result = ipc_kernel_gate(server->factory, object->gate, server->thread, label);
    if (result == 0 && !counted) {
        result = ipc_kernel_uncount(object->gate);
        if (result < 0)
            ipc_kernel_delete(object->gate);
    }
    if (result < 0) {
        slots_free(object->gate);
        object->gate = 0;
        return result;
    }
    object->kind = kind;
    object->held = counted;
    return 0;
}

static long create_entry(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                         struct ipc_object *object, bool counted)
{
    long result = object ? create(server, kind, object, counted) : -L4_ENOMEM;

    if (result == 0)
        object->data = data;
    return result;
}

long ipc_object_create(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                       struct ipc_object **object)
{
    *object = entry_alloc(server, false);
    return create_entry(server, kind, data, *object, false);
}

long ipc_service_create(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                        struct ipc_object **object)
{
    *object = entry_alloc(server, false);
    return create_entry(server, kind, data, *object, true);
}

long ipc_service_adopt(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                       l4_cap_t gate)
{
    struct ipc_object *object = find_free(server);
    long result;

    if (!object)
        return -L4_ENOMEM;
    if (object->generation == 0)
        object->generation = 1;
    object->interrupt = false;
    result = ipc_kernel_bind(gate, server->thread, label_of(server, object));
    if (result < 0)
        return result;
    object->kind = kind;
    object->data = data;
    object->gate = gate;
    object->held = true;
    return 0;
}

long ipc_irq_create(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                    struct ipc_object **object)
{
    *object = entry_alloc(server, true);
    return create_entry(server, kind, data, *object, true);
}

void ipc_object_destroy(struct ipc_server *server, struct ipc_object *object)
{
    if (!object->kind)
        return;
    ipc_kernel_delete(object->gate);
    entry_free(server, object);
}

void ipc_object_keep(struct ipc_object *object)
{
    object->held = true;
}

/* No client holds the object: tells the server, unless that has destroyed it meanwhile. */
static void object_gone(struct ipc_server *server, struct ipc_object *object)
{
    uint64_t generation = object->generation;

    if (object->kind->gone)
        object->kind->gone(server, object);
    if (object->kind && object->generation == generation)
        ipc_object_destroy(server, object);
}

void ipc_objects_scan(struct ipc_server *server)
{
    for (unsigned i = 0; i < server->object_end; i++) {
        struct ipc_object *object = &server->objects[i];
        if (object->kind && !object->interrupt && !ipc_kernel_valid(object->gate))
            object_gone(server, object);
    }
}

void ipc_gate_out(struct ipc_call *call, struct ipc_object *object, unsigned rights,
                  struct ipc_cap_out *out)
{
    (void)call;
    *out = (struct ipc_cap_out){object->gate, rights, object};
}

void ipc_slot_out(l4_cap_t slot, unsigned rights, struct ipc_cap_out *out)
{
    *out = (struct ipc_cap_out){slot, rights, NULL};
}

void ipc_reply_delivered(struct ipc_reply *reply)
{
    for (unsigned i = 0; i < reply->object_count; i++)
        reply->objects[i]->held = true;
    reply->object_count = 0;
}

static void undo(struct ipc_server *server, struct ipc_object *object)
{
    if (object->kind && !object->held)
        object_gone(server, object);
}

void ipc_reply_lost(struct ipc_server *server, struct ipc_reply *reply)
{
    for (unsigned i = 0; i < reply->object_count; i++)
        undo(server, reply->objects[i]);
    reply->object_count = 0;
}

void ipc_cap_undo(struct ipc_server *server, const struct ipc_cap_out *cap)
{
    if (cap->object)
        undo(server, cap->object);
}
