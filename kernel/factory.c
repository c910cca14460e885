/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/fpage.h>

#include "factory.h"
#include "frames.h"
#include "gate.h"
#include "invocation.h"
#include "irq.h"
#include "print.h"
#include "semaphore.h"
#include "thread.h"
#include "transfer.h"

static struct factory *factory_of(struct object *object)
{
    return container_of(object, struct factory, object);
}

struct factory *factory_create(struct quota *parent, size_t limit)
{
    struct factory *factory = object_create(&factory_type, parent);
    if (!factory)
        return NULL;
    factory->own = quota_create(parent, limit);
    if (factory->own)
        return factory;
    object_kill(&factory->object);
    return NULL;
}

struct factory *factory_init(void)
{
    struct quota *all = quota_create(NULL, frames_unused() << PAGE_SHIFT);
    struct factory *factory = all ? object_create(&factory_type, all) : NULL;
    if (!factory)
        panic("no memory for the root factory");
    factory->own = all;
    return factory;
}

struct quota *factory_own(struct object *object)
{
    return object->type == &factory_type ? factory_of(object)->own : NULL;
}

static void destroy(struct object *object)
{
    if (factory_of(object)->own)
        quota_put(factory_of(object)->own);
    factory_of(object)->own = NULL;
}

/** What a create function makes, or why not. */
struct creation {
    struct object *object;
    long error;
    unsigned words; /* of the answer */
};

static struct creation created(struct object *object)
{
    return (struct creation){object, object ? 0 : -L4_ENOMEM, 0};
}

static struct creation failed(long error)
{
    return (struct creation){NULL, error, 0};
}

static struct creation create_gate(struct quota *quota, struct invocation *call)
{
    struct argument thread = {0};
    uint64_t label = call->mr[2];
    if (call->items > 0) {
        if (call->words < 3 || label & 3)
            return failed(-L4_EINVAL);
        thread = argument_object(call, 0, &thread_type, L4_CAP_S);
        if (!thread.object)
            return failed(l4_msgtag_has_error(thread.error) ? -L4_EINVAL
                                                            : l4_msgtag_label(thread.error));
    }
    struct gate *gate = gate_create(quota);
    if (gate && thread.object)
        gate_bind(gate, container_of(thread.object, struct thread, object), label);
    return created(gate ? &gate->object : NULL);
}

static struct creation create_task(struct quota *quota, struct invocation *call)
{
    l4_fpage_t ku_mem = {call->mr[2]};
    if (call->words < 3)
        return failed(-L4_EINVAL);
    struct task *task = task_create(quota, false);
    if (!task)
        return failed(-L4_ENOMEM);
    long error = ku_mem.raw ? task_add_ku_mem(task, ku_mem) : 0;
    if (error) {
        object_kill(&task->object);
        return failed(error);
    }
    if (ku_mem.raw)
        call->mr[0] = align_down(l4_fpage_address(ku_mem), l4_fpage_order(ku_mem))
                      | (ku_mem.raw & 0xfff);
    return (struct creation){&task->object, 0, ku_mem.raw != 0};
}

static struct creation create(struct quota *quota, struct invocation *call)
{
    struct thread *thread;
    struct factory *factory;
    struct irq *irq;
    struct semaphore *semaphore;
    switch ((int64_t)call->mr[0]) {
    case 0:
    case L4_PROTO_KOBJECT:
        return create_gate(quota, call);
    case L4_PROTO_TASK:
        return create_task(quota, call);
    case L4_PROTO_THREAD:
        thread = thread_create(quota);
        return created(thread ? &thread->object : NULL);
    case L4_PROTO_FACTORY:
        if (call->words != 3)
            return failed(-L4_EINVAL);
        factory = factory_create(quota, call->mr[2]);
        return created(factory ? &factory->object : NULL);
    case L4_PROTO_IRQ_SENDER:
        irq = irq_create(quota);
        return created(irq ? &irq->object : NULL);
    case L4_PROTO_SEMAPHORE:
        semaphore = semaphore_create(quota);
        return created(semaphore ? &semaphore->object : NULL);
    default:
        return failed(-L4_ENODEV);
    }
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    struct window window;
    if (call->protocol != L4_PROTO_FACTORY)
        return answer(-L4_EBADPROTO);
    if (!(call->caller->ipc.flags & L4_SYSF_RECV))
        return answer(0);
    if (!(call->rights & L4_CAP_S))
        return answer(-L4_EPERM);
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    if (!object_window(call->caller, &window))
        return answer_ipc_error(call, L4_IPC_REMSGCUT);
    struct cap *target = cap_slot(&window.task->caps, l4_fpage_index(window.fpage));
    if (!target)
        return answer(-L4_ENOMEM);
    struct creation new = create(factory_of(object)->own, call);
    if (!new.object)
        return answer(new.error);
    if (target->object)
        cap_delete(target);
    cap_insert(target, cap_full(new.object));
    call->mr[new.words] = L4_ITEM_MAP | L4_FPAGE_OBJ << 4;
    return l4_msgtag(0, new.words, 1, 0);
}

SLAB(factories, "factory", sizeof(struct factory) + 8);

const struct object_type factory_type = {"factory", &factories, invoke, destroy, NULL, NULL};
