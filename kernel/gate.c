/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "gate.h"
#include "invocation.h"
#include "irq.h"
#include "thread.h"

struct gate *gate_create(struct quota *quota)
{
    struct gate *gate = object_create(&gate_type, quota);
    if (gate) {
        list_init(&gate->of_thread);
        list_init(&gate->senders);
    }
    return gate;
}

void gate_bind(struct gate *gate, struct thread *thread, uint64_t label)
{
    list_remove(&gate->of_thread);
    list_append(&thread->gates, &gate->of_thread);
    gate->thread = thread;
    gate->label = label;
    gate->orphaned = false;
    ipc_release_gate(gate);
}

void gate_orphan(struct gate *gate)
{
    list_remove(&gate->of_thread);
    gate->thread = NULL;
    gate->orphaned = true;
}

static void destroy(struct object *object)
{
    struct gate *gate = gate_of(object);
    if (gate->thread && gate->thread->deletion_irq)
        irq_trigger(gate->thread->deletion_irq);
    list_remove(&gate->of_thread);
    gate->thread = NULL;
    ipc_gate_dies(gate);
}

static l4_msgtag_t op_bind(struct gate *gate, struct invocation *call)
{
    uint64_t label = call->mr[1];
    if (!(call->rights & L4_CAP_S))
        return answer(-L4_EPERM);
    if (call->words < 2 || label & 3)
        return answer(-L4_EINVAL);
    struct argument thread = argument_object(call, 0, &thread_type, L4_CAP_S);
    if (!thread.object)
        return thread.error;
    gate_bind(gate, container_of(thread.object, struct thread, object), label);
    return answer(0);
}

/* Lowers the count below the number of slots, so that the own slot no longer counts (ABI 2.5). */
static l4_msgtag_t op_decrement(struct gate *gate, struct invocation *call)
{
    if (call->words < 2 || call->mr[1] > gate->object.counted)
        return answer(-L4_EINVAL);
    gate->object.counted -= call->mr[1];
    call->mr[0] = gate->object.counted;
    return answer_words(0, 1);
}

/* Only messages that gate_wants() come here. */
static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    struct gate *gate = gate_of(object);
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    switch (call->mr[0]) {
    case L4_GATE_BIND:
        return op_bind(gate, call);
    case L4_GATE_INFO:
        call->mr[0] = gate->label;
        return answer_words(0, 1);
    case L4_GATE_DEC_REFCNT:
        return op_decrement(gate, call);
    default:
        return answer(-L4_ENOSYS);
    }
}

SLAB(gates, "gate", sizeof(struct gate));

const struct object_type gate_type = {"gate", &gates, invoke, destroy, NULL, NULL};
