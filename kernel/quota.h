/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "slab.h"

/**
 * What a factory may still spend. Invariants: used <= limit; used = the bytes of all memory
 * allocated through the functions below and not yet freed, plus the limits of all sub-quotas.
 * A quota lives until nobody uses it: its factory and each object charged to it are users, so
 * a factory can be deleted before what it created.
 */
struct quota {
    struct quota *parent;
    size_t limit, used; /* bytes */
    size_t users;
    struct quota *next;     /* without users: on the list of those to be freed */
    size_t audited;         /* scratch of audit_memory() */
    bool audited_in_parent; /* the same */
};

/** What it costs its parent: the limit and the bookkeeping. */
size_t quota_price(const struct quota *quota);

bool quota_charge(struct quota *quota, size_t bytes);
void quota_refund(struct quota *quota, size_t bytes);

/** Zeroed memory charged to @quota; NULL if the limit or the heap does not allow it. */
void *quota_pages(struct quota *quota, unsigned order);
void quota_free_pages(struct quota *quota, void *block, unsigned order);
void *quota_alloc(struct quota *quota, struct slab *slab);
void quota_free(struct quota *quota, struct slab *slab, void *object);

void quota_get(struct quota *quota);
/** Drops a use; without any it is freed by the next quota_reap(). */
void quota_put(struct quota *quota);

/** Frees quotas without users, which gives their limits back to the parents; pauses (work.h). */
void quota_reap(void);

/** The first of those that wait for that, then by `next`; NULL: none. For the audit. */
struct quota *quota_unused(void);

/** A quota with one user and @limit bytes reserved from @parent; NULL if there is not so much. */
struct quota *quota_create(struct quota *parent, size_t limit);
