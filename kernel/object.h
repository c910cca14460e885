/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/msgtag.h>

#include "list.h"
#include "quota.h"

struct invocation;
struct object;

/** A kind of kernel object. */
struct object_type {
    const char *name;
    struct slab *slab; /* NULL: statically allocated, never freed */
    /** Carries out a request; see invocation.h for what the result means. */
    l4_msgtag_t (*invoke)(struct object *object, struct invocation *call);
    /** The object dies: cut its ties to all others. Its memory stays while it is pinned. */
    void (*destroy)(struct object *object);
    /** Gives back memory beyond the object itself; nobody points to it any more. May be NULL. */
    void (*release)(struct object *object);
};

/**
 * Head of every kernel object.
 *
 * Life: created with one pin; lives while capabilities count for it; object_kill() empties every
 * capability slot at once and queues it; object_reap(), before the kernel is left, calls destroy
 * and drops the first pin; the last pin frees the memory.
 */
struct object {
    const struct object_type *type;
    struct quota *quota;   /* who pays; NULL for static objects */
    struct list caps;      /* all capabilities naming this object (struct cap) */
    size_t counted;        /* capabilities that keep it alive, less artificial decrements */
    size_t pins;           /* pointers of the kernel that may outlive the capabilities */
    bool dead;             /* killed: caps is empty, no capability is made any more */
    struct list all;       /* on the list of all objects; for dumps and books */
    struct list doomed;    /* on the list of dead, not yet destroyed objects */
    uint64_t id;           /* never reused */
    char name[16];         /* for dumps; zero terminated or full */
};

/** Makes @object, zeroed memory, an object of @type paid by @quota (NULL: static). */
void object_init(struct object *object, const struct object_type *type, struct quota *quota);

/** Allocates and initialises; NULL if @quota or the heap is exhausted. */
void *object_create(const struct object_type *type, struct quota *quota);

void object_pin(struct object *object);
void object_unpin(struct object *object);

/** Invalidates every capability of @object; it is destroyed by the next object_reap(). */
void object_kill(struct object *object);

/** True if object_reap() has work. */
bool object_any_doomed(void);

/** Destroys everything killed so far, including what dies on the way; iterative. */
void object_reap(void);

/** First and next object of the system; NULL at the end. */
struct object *object_next(struct object *object);
