/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "invocation.h"
#include "irq.h"
#include "semaphore.h"
#include "thread.h"

enum { IRQ_PRIORITY = 255 };

static struct irq *irq_of(struct object *object)
{
    return container_of(object, struct irq, object);
}

struct irq *irq_create(struct quota *quota)
{
    struct irq *irq = object_create(&irq_type, quota);
    if (irq) {
        list_init(&irq->of_thread);
        list_init(&irq->sender.node);
        irq->sender = (struct sender){irq->sender.node, irq->object.id, IRQ_PRIORITY, true};
        list_init(&irq->sender.node);
    }
    return irq;
}

static bool is_queued(const struct irq *irq)
{
    return !list_empty(&irq->sender.node);
}

static void trigger(struct irq *irq)
{
    if (!irq->thread)
        irq->pending = true;
    else if (!is_queued(irq))
        ipc_send_irq(irq);
}

void irq_trigger(struct object *object)
{
    if (object->dead)
        return;
    if (object->type == &irq_type)
        trigger(irq_of(object));
    else
        semaphore_up(object);
}

uint64_t irq_take(struct irq *irq)
{
    list_remove(&irq->sender.node);
    return irq->label;
}

void irq_unbind(struct irq *irq)
{
    list_remove(&irq->sender.node);
    list_remove(&irq->of_thread);
    irq->thread = NULL;
}

bool pin_attach(struct pin_link *link, struct object *object)
{
    struct pin_link **back = object->type == &irq_type ? &irq_of(object)->pin
                                                       : semaphore_pin(object);
    if (link->object || *back)
        return false;
    link->object = object;
    *back = link;
    return true;
}

void pin_detach(struct pin_link *link)
{
    link->mask(link);
    if (link->object->type == &irq_type)
        irq_of(link->object)->pin = NULL;
    else
        *semaphore_pin(link->object) = NULL;
    link->object = NULL;
}

static void destroy(struct object *object)
{
    struct irq *irq = irq_of(object);
    irq_unbind(irq);
    if (irq->pin)
        pin_detach(irq->pin);
}

l4_msgtag_t irq_protocol(struct object *object, struct invocation *call, struct pin_link *pin)
{
    call->outcome = OUTCOME_NO_REPLY;
    if (call->words == 0 || (call->mr[0] & 0xffff) == L4_IRQ_TRIGGER) {
        irq_trigger(object);
    } else if ((call->mr[0] & 0xffff) == L4_IRQ_UNMASK) {
        if (pin)
            pin->unmask(pin);
    } else {
        call->outcome = OUTCOME_ANSWER;
    }
    return answer(-L4_ENOSYS);
}

static l4_msgtag_t op_bind(struct irq *irq, struct invocation *call)
{
    if (!(call->rights & L4_CAP_S))
        return answer(-L4_EPERM);
    if (call->words < 2)
        return answer(-L4_EMSGTOOSHORT);
    struct argument a = argument_object(call, 0, &thread_type, L4_CAP_S);
    if (!a.object)
        return a.error;
    struct thread *thread = container_of(a.object, struct thread, object);
    irq->label = call->mr[1];
    if (irq->thread == thread)
        return answer(0);
    bool waiting = is_queued(irq) || irq->pending;
    irq_unbind(irq);
    irq->thread = thread;
    list_append(&thread->irqs, &irq->of_thread);
    irq->pending = false;
    if (waiting)
        ipc_send_irq(irq);
    return answer(0);
}

static l4_msgtag_t op_detach(struct irq *irq, struct invocation *call)
{
    if (!(call->rights & L4_CAP_S))
        return answer(-L4_EPERM);
    if (!irq->thread)
        return answer(-L4_ENOENT);
    long was_pending = is_queued(irq);
    irq_unbind(irq);
    return answer(was_pending);
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    struct irq *irq = irq_of(object);
    if (call->protocol == L4_PROTO_IRQ)
        return irq_protocol(object, call, irq->pin);
    if (call->protocol != L4_PROTO_KOBJECT && call->protocol != L4_PROTO_IRQ_SENDER)
        return answer(-L4_EBADPROTO);
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    if (call->protocol == L4_PROTO_KOBJECT && call->mr[0] == L4_IRQ_BIND)
        return op_bind(irq, call);
    if (call->protocol == L4_PROTO_IRQ_SENDER && call->mr[0] == L4_IRQ_SENDER_DETACH)
        return op_detach(irq, call);
    return answer(-L4_ENOSYS);
}

SLAB(irqs, "irq", sizeof(struct irq));

const struct object_type irq_type = {"irq", &irqs, invoke, destroy, NULL, NULL};
