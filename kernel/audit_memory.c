/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit of memory. The books are checked by doing them again: `audited` of each quota becomes
 * the sum of what is found to be charged to it, which must be what the quota says is used.
 */
#include "audit.h"
#include "factory.h"
#include "frames.h"
#include "io_space.h"
#include "mapping.h"
#include "task.h"

/* Each page of @space has its node in the database, or lies in ku_mem; how many nodes. */
static size_t audit_space(struct task *task)
{
    struct space *space = &task->space;
    struct slot slot;
    size_t count = 0;
    for (uint64_t va = space_next(space, 0); va < USER_END;) {
        if (space_slot(space, va, false, &slot)) {
            bool present = page_get(&slot).rights;
            const struct mapping *m = *slot.mapping;
            bool is_ku_mem = task_ku_address(task, (uaddr_t){va}, PAGE_SIZE);
            audit_rule(present ? !m == is_ku_mem : !m, "page", va);
            if (m)
                audit_rule(mapping_is_sound(m, space, va), "mapping", va);
            count += m != NULL;
        }
        va += PAGE_SIZE;
        if (va % SPACE_TABLE_SPAN == 0)
            va = space_next(space, va);
    }
    return count;
}

static size_t pages_of_dir(const struct page_dir *dir)
{
    size_t pages = dir->pages != NULL;
    for (unsigned i = 0; dir->pages && i < PAGE_DIR_ENTRIES; i++)
        pages += dir->pages[i] != NULL;
    return pages;
}

static size_t bytes_of_task(struct task *task)
{
    size_t pages = pages_of_dir(&task->caps.dir) + pages_of_dir(&task->replies.dirs[0])
                   + pages_of_dir(&task->replies.dirs[1]) + space_pages(&task->space)
                   + (task->io_bitmap ? 1u << IO_BITMAP_ORDER : 0);
    size_t bytes = pages << PAGE_SHIFT;
    for (const struct ku_mem *k = task->ku_mem; k; k = k->next)
        bytes += sizeof *k + (1ull << k->order);
    return bytes;
}

static struct object *next_paid(struct object *object)
{
    do
        object = object_next(object);
    while (object && !object->quota);
    return object;
}

/* All quotas are found through their users, the factories and the objects, and their parents. */
static void clear(struct quota *quota)
{
    for (; quota; quota = quota->parent) {
        quota->audited = 0;
        quota->audited_in_parent = false;
    }
}

static void charge_to_parents(struct quota *quota)
{
    for (; quota && quota->parent && !quota->audited_in_parent; quota = quota->parent) {
        quota->audited_in_parent = true;
        quota->parent->audited += quota_price(quota);
    }
}

static void compare(const struct quota *quota, uint64_t id)
{
    for (; quota; quota = quota->parent) {
        audit_rule(quota->used <= quota->limit, "limit of the quota of object", id);
        audit_rule(quota->used == quota->audited, "books of the quota of object", id);
    }
}

size_t audit_memory(void)
{
    struct object *o;
    size_t mappings = 0;
    for (o = next_paid(NULL); o; o = next_paid(o)) {
        clear(o->quota);
        clear(factory_own(o));
    }
    for (struct quota *q = quota_unused(); q; q = q->next)
        clear(q);
    for (struct quota *q = quota_unused(); q; q = q->next)
        charge_to_parents(q);
    for (o = next_paid(NULL); o; o = next_paid(o)) {
        charge_to_parents(o->quota);
        charge_to_parents(factory_own(o));
        o->quota->audited += o->type->slab->size;
        if (o->type != &task_type)
            continue;
        struct task *task = container_of(o, struct task, object);
        size_t count = task->space.root ? audit_space(task) : 0;
        o->quota->audited += bytes_of_task(task) + count * sizeof(struct mapping);
        mappings += count;
    }
    for (o = next_paid(NULL); o; o = next_paid(o)) {
        compare(o->quota, o->id);
        compare(factory_own(o), o->id);
    }
    audit_rule(frames_are_sound(), "free frames", frames_unused());
    return mappings;
}
