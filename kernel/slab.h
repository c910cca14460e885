/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "list.h"

/**
 * Memory for objects of one size. Pages with room are on `partial`; full pages are on no list;
 * empty pages go back to the heap.
 */
struct slab {
    const char *name;
    size_t size; /* bytes, a multiple of 16, at most 2000 */
    struct list partial;
    size_t objects, pages;
    bool listed;
    struct slab *next;
};

#define SLAB(variable, object_name, object_size)                                         \
    static struct slab variable = {.name = object_name, .size = object_size,             \
                                   .partial = {&variable.partial, &variable.partial}}

/** A zeroed object, or NULL. Objects of a size that is a multiple of 64 are so aligned. */
void *slab_alloc(struct slab *slab);
void slab_free(struct slab *slab, void *object);

/** All slabs that were ever used, for the books. */
struct slab *slab_first(void);
