/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "invocation.h"
#include "semaphore.h"
#include "thread.h"

static struct semaphore *semaphore_of(struct object *object)
{
    return container_of(object, struct semaphore, object);
}

struct semaphore *semaphore_create(struct quota *quota)
{
    struct semaphore *s = object_create(&semaphore_type, quota);
    if (s)
        list_init(&s->waiting);
    return s;
}

struct pin_link **semaphore_pin(struct object *object)
{
    return &semaphore_of(object)->pin;
}

/* Priorities can change while threads wait: who is next is decided now, the first among equals. */
static struct thread *most_urgent(struct semaphore *s)
{
    struct thread *best = list_first(&s->waiting, struct thread, waiting);
    for (struct list *l = best->waiting.next; l != &s->waiting; l = l->next) {
        struct thread *t = container_of(l, struct thread, waiting);
        if (t->priority > best->priority)
            best = t;
    }
    return best;
}

void semaphore_up(struct object *object)
{
    struct semaphore *s = semaphore_of(object);
    if (list_empty(&s->waiting)) {
        s->counter++;
        return;
    }
    struct thread *t = most_urgent(s);
    list_remove(&t->waiting);
    timeout_stop(&t->timeout);
    ipc_finish(t, answer(0));
}

/* Blocks with the receive time-out of the call. */
static l4_msgtag_t op_down(struct semaphore *s, struct invocation *call)
{
    struct thread *t = call->caller;
    if (!(call->rights & L4_CAP_S))
        return answer(-L4_EPERM);
    if (s->counter > 0) {
        s->counter--;
        return answer(0);
    }
    call->outcome = OUTCOME_TAKEN;
    thread_block(t, THREAD_DOWN);
    list_append(&s->waiting, &t->waiting);
    if (!timeout_start(t, t->ipc.timeouts.raw & 0xffff))
        ipc_fail(t, L4_IPC_RETIMEOUT);
    return answer(0);
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    struct semaphore *s = semaphore_of(object);
    if (call->protocol == L4_PROTO_IRQ)
        return irq_protocol(object, call, s->pin);
    if (call->protocol != L4_PROTO_SEMAPHORE)
        return answer(-L4_EBADPROTO);
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    return call->mr[0] == L4_SEM_DOWN ? op_down(s, call) : answer(-L4_ENOSYS);
}

static void destroy(struct object *object)
{
    struct semaphore *s = semaphore_of(object);
    while (!list_empty(&s->waiting))
        ipc_fail(list_first(&s->waiting, struct thread, waiting), L4_IPC_ENOT_EXISTENT);
    if (s->pin)
        pin_detach(s->pin);
}

SLAB(semaphores, "semaphore", sizeof(struct semaphore));

const struct object_type semaphore_type = {"semaphore", &semaphores, invoke, destroy, NULL, NULL};
