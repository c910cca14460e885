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
    /** Killed: from this moment on it shall do nothing. Takes no time. May be NULL. */
    void (*stop)(struct object *object);
};

/**
 * Head of every kernel object.
 *
 * Life: created with one pin; lives while capabilities count for it; object_kill() makes all of
 * them void at once and puts it on the list of the thread that did it; object_reap(), before that
 * thread goes on in user mode, empties their slots, calls destroy and drops the first pin; when
 * there is none left the memory is freed. destroy and release may pause (work.h); then they are
 * called again from the start.
 */
struct object {
    const struct object_type *type;
    struct quota *quota;   /* who pays; NULL for static objects */
    struct list caps;      /* all capabilities naming this object (struct cap) */
    size_t counted;        /* capabilities that keep it alive, less artificial decrements */
    size_t pins;           /* pointers of the kernel that may outlive the capabilities */
    bool dead;             /* killed: caps are void, no capability is made any more */
    struct list all;       /* on the list of all objects; for dumps and books */
    struct list doomed;    /* on the list of somebody who is to destroy or free it */
    uint64_t id;           /* never reused */
    char name[16];         /* for dumps; zero terminated or full */
};

/** Makes @object, zeroed memory, an object of @type paid by @quota (NULL: static). */
void object_init(struct object *object, const struct object_type *type, struct quota *quota);

/** Allocates and initialises; NULL if @quota or the heap is exhausted. */
void *object_create(const struct object_type *type, struct quota *quota);

void object_pin(struct object *object);
void object_unpin(struct object *object);

/** Makes every capability of @object void and dooms it. */
void object_kill(struct object *object);

/** Destroys everything on the list @doomed, including what is added on the way; pauses. */
void object_reap(struct list *doomed);

/** First and next object of the system; NULL at the end. */
struct object *object_next(struct object *object);
