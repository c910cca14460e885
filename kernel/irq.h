/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc.h"
#include "object.h"

/** Which interrupt pin triggers an IRQ object or semaphore. */
struct pin_link {
    struct object *object; /* the IRQ object or semaphore; NULL: pin free */
    bool level;            /* masked when it fires, until the handler unmasks */
    unsigned pin;
    void (*unmask)(struct pin_link *link);
    void (*mask)(struct pin_link *link);
};

/**
 * IRQ object. Bound: on the list of its thread. Triggered: `sender` is on that thread's queue, or
 * `pending` is set while it is not bound.
 */
struct irq {
    struct object object;
    struct sender sender;
    struct thread *thread;
    uint64_t label;
    bool pending;
    struct list of_thread;
    struct pin_link *pin; /* NULL: software only */
};

extern const struct object_type irq_type;

struct irq *irq_create(struct quota *quota);
/** Triggers an IRQ object or semaphore; anything dead is ignored. */
void irq_trigger(struct object *object);
/** Takes the queued trigger of @irq: its label. */
uint64_t irq_take(struct irq *irq);
/** Its thread dies or it is detached; a queued trigger is lost. */
void irq_unbind(struct irq *irq);
/** The request "trigger" or "unmask" of protocol IRQ, the same for semaphores. */
struct invocation;
l4_msgtag_t irq_protocol(struct object *object, struct invocation *call, struct pin_link *pin);

/** Ties @object (IRQ or semaphore) to @link; false: one of them is tied already. */
bool pin_attach(struct pin_link *link, struct object *object);
void pin_detach(struct pin_link *link);
