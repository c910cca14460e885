/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool.h"

#include <assert.h>
#include <l4/error.h>
#include <string.h>

/** Head of a frame full of objects. */
struct slab {
    struct slab *next, *prev; /* in pool->partial while free_list is not null */
    void *free_list;          /* linked through the first word of each free object */
    unsigned used;
};

#define SLAB_HEAD ((sizeof(struct slab) + 15) & ~15ull)

void pool_init(struct pool *pool, struct frames *frames, const char *name, unsigned object_size)
{
    assert(object_size % 8 == 0 && object_size <= 1024);
    *pool = (struct pool){.name = name, .frames = frames, .object_size = object_size};
    pool->per_slab = (unsigned)((L4_PAGE_SIZE - SLAB_HEAD) / object_size);
}

/** The first slab is the one allocations come from; an empty one waits behind it. */
static void slab_link(struct pool *pool, struct slab *slab)
{
    struct slab *before = slab->used == 0 ? pool->partial : NULL;
    slab->prev = before;
    slab->next = before ? before->next : pool->partial;
    if (slab->next)
        slab->next->prev = slab;
    *(before ? &before->next : &pool->partial) = slab;
}

static void slab_unlink(struct pool *pool, struct slab *slab)
{
    if (slab->next)
        slab->next->prev = slab->prev;
    if (slab->prev)
        slab->prev->next = slab->next;
    else
        pool->partial = slab->next;
}

static bool slab_add(struct pool *pool)
{
    struct frame *frame = frame_alloc(pool->frames, NULL);
    if (!frame)
        return false;
    struct slab *slab = frame_memory_raw(pool->frames, frame); /* objects are cleared one by one */
    *slab = (struct slab){.free_list = NULL};
    uint8_t *object = (uint8_t *)slab + SLAB_HEAD;
    for (unsigned i = 0; i < pool->per_slab; i++, object += pool->object_size) {
        *(void **)object = slab->free_list;
        slab->free_list = object;
    }
    slab_link(pool, slab);
    pool->available += pool->per_slab;
    pool->slabs++;
    pool->empty++;
    return true;
}

static void slab_drop(struct pool *pool, struct slab *slab)
{
    slab_unlink(pool, slab);
    pool->available -= pool->per_slab;
    pool->slabs--;
    pool->empty--;
    frame_put(pool->frames, frame_of_memory(pool->frames, slab));
}

long pool_reserve(struct pool *pool, unsigned count)
{
    pool->spared = count;
    while (pool->available < count)
        if (!slab_add(pool)) {
            pool_unreserve(pool);
            return -L4_ENOMEM;
        }
    return 0;
}

void pool_unreserve(struct pool *pool)
{
    pool->spared = 0;
    for (struct slab *slab = pool->partial, *next; slab && pool->empty > 0; slab = next) {
        next = slab->next;
        if (slab->used == 0)
            slab_drop(pool, slab);
    }
}

void *pool_alloc(struct pool *pool)
{
    if (!pool->partial && !slab_add(pool))
        return NULL;
    struct slab *slab = pool->partial;
    void *object = slab->free_list;
    slab->free_list = *(void **)object;
    if (slab->used++ == 0)
        pool->empty--;
    pool->used++;
    pool->available--;
    if (!slab->free_list)
        slab_unlink(pool, slab);
    memset(object, 0, pool->object_size);
    return object;
}

void pool_free(struct pool *pool, void *object)
{
    struct slab *slab = (struct slab *)((uintptr_t)object & L4_PAGE_MASK);
    if (!slab->free_list)
        slab_link(pool, slab);
    *(void **)object = slab->free_list;
    slab->free_list = object;
    assert(slab->used > 0);
    slab->used--;
    pool->used--;
    pool->available++;
    if (slab->used > 0)
        return;
    pool->empty++;
    if (pool->spared == 0)
        slab_drop(pool, slab);
}
