/* SPDX-License-Identifier: BSD-2-Clause */
#include "cap_table.h"
#include "object.h"
#include "print.h"
#include "thread.h"
#include "work.h"

enum { COST_FORGET = 20, COST_FREE = 200 };

static struct list all = {&all, &all};
static uint64_t next_id = 1;

void object_init(struct object *object, const struct object_type *type, struct quota *quota)
{
    object->type = type;
    object->quota = quota;
    object->pins = 1;
    object->id = next_id++;
    list_init(&object->caps);
    list_init(&object->doomed);
    list_append(&all, &object->all);
    if (quota)
        quota_get(quota);
}

void *object_create(const struct object_type *type, struct quota *quota)
{
    struct object *object = quota_alloc(quota, type->slab);
    if (object)
        object_init(object, type, quota);
    return object;
}

void object_pin(struct object *object)
{
    object->pins++;
}

void object_unpin(struct object *object)
{
    assert(object->pins > 0);
    if (--object->pins > 0)
        return;
    assert(object->dead && list_empty(&object->caps) && list_empty(&object->doomed));
    list_append(thread_doomed(), &object->doomed);
}

void object_kill(struct object *object)
{
    if (object->dead)
        return;
    object->dead = true;
    if (object->type->stop)
        object->type->stop(object);
    list_remove(&object->doomed); /* a thread may have died before, and wait there already */
    list_append(thread_doomed(), &object->doomed);
}

/* Nobody points to it any more. */
static void free_object(struct object *object)
{
    struct quota *quota = object->quota;
    if (object->type->release)
        object->type->release(object);
    list_remove(&object->doomed);
    list_remove(&object->all);
    if (!object->type->slab)
        return;
    quota_free(quota, object->type->slab, object);
    quota_put(quota);
}

void object_reap(struct list *doomed)
{
    while (!list_empty(doomed)) {
        struct object *object = list_first(doomed, struct object, doomed);
        while (object->dead && !list_empty(&object->caps)) {
            cap_forget(list_first(&object->caps, struct cap, in_object));
            work_pause(COST_FORGET);
        }
        if (object->pins > 0) {
            if (object->type->destroy)
                object->type->destroy(object);
            if (object->dead)
                object->pins--;
        }
        if (object->pins > 0)
            list_remove(&object->doomed);
        else
            free_object(object);
        work_pause(COST_FREE);
    }
    quota_reap();
}

struct object *object_next(struct object *object)
{
    struct list *next = object ? object->all.next : all.next;
    return next == &all ? NULL : container_of(next, struct object, all);
}
