/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames.h"
#include "print.h"
#include "quota.h"

SLAB(quotas, "quota", sizeof(struct quota));

size_t quota_price(const struct quota *quota)
{
    return quota->limit + quotas.size;
}

bool quota_charge(struct quota *quota, size_t bytes)
{
    if (bytes > quota->limit - quota->used)
        return false;
    quota->used += bytes;
    return true;
}

void quota_refund(struct quota *quota, size_t bytes)
{
    assert(bytes <= quota->used);
    quota->used -= bytes;
}

void *quota_pages(struct quota *quota, unsigned order)
{
    if (!quota_charge(quota, PAGE_SIZE << order))
        return NULL;
    void *block = frames_alloc(order);
    if (!block)
        quota_refund(quota, PAGE_SIZE << order);
    return block;
}

void quota_free_pages(struct quota *quota, void *block, unsigned order)
{
    frames_free(block, order);
    quota_refund(quota, PAGE_SIZE << order);
}

void *quota_alloc(struct quota *quota, struct slab *slab)
{
    if (!quota_charge(quota, slab->size))
        return NULL;
    void *object = slab_alloc(slab);
    if (!object)
        quota_refund(quota, slab->size);
    return object;
}

void quota_free(struct quota *quota, struct slab *slab, void *object)
{
    slab_free(slab, object);
    quota_refund(quota, slab->size);
}

void quota_get(struct quota *quota)
{
    quota->users++;
}

/* A loop, because factories can be nested as deep as the heap allows. */
void quota_put(struct quota *quota)
{
    while (quota && --quota->users == 0) {
        assert(quota->used == 0);
        struct quota *parent = quota->parent;
        if (parent)
            quota_refund(parent, quota_price(quota));
        slab_free(&quotas, quota);
        quota = parent;
    }
}

struct quota *quota_create(struct quota *parent, size_t limit)
{
    size_t price = limit + quotas.size;
    if (price < limit || (parent && !quota_charge(parent, price)))
        return NULL;
    struct quota *quota = slab_alloc(&quotas);
    if (!quota) {
        if (parent)
            quota_refund(parent, price);
        return NULL;
    }
    quota->parent = parent;
    quota->limit = limit;
    quota->users = 1;
    if (parent)
        quota_get(parent);
    return quota;
}
