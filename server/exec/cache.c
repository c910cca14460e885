/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache.h"

#include <stddef.h>

#include <task/slots.h>

#include "counters.h"
#include "idl/dm.h"
#include "idl/root.h"
#include "set.h"

static struct cache_limit limit;
static uint64_t now;

void cache_init(const struct cache_limit *the_limit)
{
    limit = *the_limit;
}

uint64_t cache_now(void)
{
    return ++now;
}

/** Users of @object other than sets that no task uses. */
static uint32_t real_users(const struct object *object)
{
    uint32_t users = object->users;

    for (const struct set *s = set_next(NULL); s; s = set_next(s))
        for (uint32_t i = 0; s->clients == 0 && i < s->count; i++)
            users -= s->objects[i] == object;
    return users;
}

struct cache_usage cache_usage(void)
{
    struct cache_usage usage = {0};

    for (const struct set *s = set_next(NULL); s; s = set_next(s)) {
        if (s->clients > 0) {
            usage.sets++;
            continue;
        }
        usage.cached_sets++;
        usage.cached_bytes += set_bytes(s);
    }
    for (const struct object *o = object_next(NULL); o; o = object_next(o)) {
        if (real_users(o) > 0) {
            usage.objects++;
            continue;
        }
        usage.cached_objects++;
        usage.cached_bytes += object_bytes(o);
    }
    return usage;
}

/** An object leaves after all sets that it is in. */
static void drop_oldest(void)
{
    struct object *object = NULL;
    struct set *set = NULL;

    for (struct object *o = object_next(NULL); o; o = object_next(o))
        if (o->users == 0 && (!object || o->used_at < object->used_at))
            object = o;
    for (struct set *s = set_next(NULL); s; s = set_next(s))
        if (s->clients == 0 && (!set || s->used_at < set->used_at))
            set = s;
    if (set && (!object || set->used_at < object->used_at))
        set_drop(set);
    else if (object)
        object_drop(object);
}

/**
 * What was made of a client's image is of no use to others. True if there was something to drop.
 */
static bool drop_image(void)
{
    for (struct set *s = set_next(NULL); s; s = set_next(s))
        if (s->clients == 0 && s->objects[0]->image) {
            set_drop(s);
            return true;
        }
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        if (o->users == 0 && o->image) {
            object_drop(o);
            return true;
        }
    return false;
}

static void trim_to(const struct cache_limit *most)
{
    for (;;) {
        struct cache_usage usage = cache_usage();
        if (usage.cached_bytes <= most->bytes
            && usage.cached_sets + usage.cached_objects <= most->entries)
            return;
        drop_oldest();
    }
}

void cache_trim(void)
{
    while (drop_image())
        ;
    trim_to(&limit);
}

/**
 * Less is free, at DM_PHYS and at roottask, than we may keep: another limit has been met otherwise.
 */
static bool is_short(void)
{
    uint64_t free, used, rest;

    return dm_memory(TASK_CAP_DM, &free, &used) >= 0 && root_memory(TASK_CAP_PAGER, &rest) >= 0
           && free + rest < limit.bytes;
}

bool cache_give_up(void)
{
    const struct cache_limit nothing = {0};
    struct cache_usage usage = cache_usage();

    if (usage.cached_objects + usage.cached_sets == 0 || !is_short())
        return false;
    counters.evictions++;
    trim_to(&nothing);
    return true;
}
