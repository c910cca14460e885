/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/object.h"
#include "l4sys/gate.h"

/* In a file of its own: only log and names have a gate that was made by somebody else. */

static struct ipc_object *free_entry(struct ipc_server *server)
{
    for (unsigned i = 0; i < server->object_count; i++)
        if (!server->objects[i].kind)
            return &server->objects[i];
    return NULL;
}

long ipc_service_adopt(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                       l4_cap_t gate)
{
    struct ipc_object *object = free_entry(server);

    if (!object)
        return -L4_ENOMEM;
    if (object->generation == 0)
        object->generation = 1;
    object->kind = kind;
    object->data = data;
    object->gate = gate;
    object->held = true;
    object->interrupt = false;
    long result = l4_gate_bind(gate, server->thread, ipc_object_label(server, object));
    if (result < 0)
        object->kind = NULL;
    return result < 0 ? result : 0;
}
