/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames.h"
#include "print.h"
#include "quota.h"
#include "work.h"

enum { COST_QUOTA = 150 };

static struct quota *unused;

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

void quota_put(struct quota *quota)
{
    if (--quota->users > 0)
        return;
    assert(quota->used == 0);
    quota->next = unused;
    unused = quota;
}

/* One can make the next unused, for factories can be nested as deep as the heap allows. */
void quota_reap(void)
{
    while (unused) {
        struct quota *quota = unused, *parent = quota->parent;
        unused = quota->next;
        if (parent) {
            quota_refund(parent, quota_price(quota));
            quota_put(parent);
        }
        slab_free(&quotas, quota);
        work_pause(COST_QUOTA);
    }
}

struct quota *quota_unused(void)
{
    return unused;
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
