/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "arena.h"
#include "memory.h"

enum { OBJECT_NAMES = 8 };

/**
 * A file that exec has fetched, snapshot and parsed once (paper 2.2, step 2). Immutable; its pages
 * are shared by all tasks that use it. Kept while somebody uses it, and then for a while (cache.h).
 * It is its provider and its bytes: by whatever names and paths it is asked for, it is the same.
 */
struct object {
    struct object *next;
    const char *name;    /* as it was asked for first: "libdemo.so" */
    struct object_name *names[OBJECT_NAMES]; /* requests that have led to it (name.h) */
    uint32_t name_count;
    l4_cap_t provider;   /* exec's own copy of the capability; 0: an image */
    struct memory file;  /* the snapshot, mapped read only */
    uint64_t size;       /* of the file, in bytes */
    const struct elf_object *elf;
    struct arena arena;
    bool image;      /* a client's own bytes: nobody else's program is this, nothing is kept of it */
    uint64_t base;   /* suggested address: chosen once per boot, 0 for fixed programs */
    uint32_t users;   /* sets and openings */
    uint64_t used_at; /* when last: cache.c's clock */
};

/** A request for a file. An image of a client is no such: it is equal to nothing. */
struct object_request {
    l4_cap_t provider; /* 0: an image */
    const char *name;
    const char *libpath; /* along which it is looked for; "" for programs */
    struct object *const *others; /* in the same set already: one file under two names is two there */
    uint32_t other_count;
};

/** Whether @object can be what @request asks for, as far as provider and set go. */
bool object_fits(const struct object *object, const struct object_request *request);

/**
 * The object of a fetched file: @file is the provider's dataspace, @size its bytes, @path its name
 * there. If an object of the same provider has the same contents, byte by byte, it is that one,
 * else a new one; it can be found by this request from then on. The dataspace can be released
 * afterwards. Errors: of the snapshot, of lib/elf (with a sentence in @report), -ERR_ENOMEM.
 */
struct object_file {
    l4_cap_t dataspace;
    uint64_t offset; /* of the file in it, page aligned */
    uint64_t size;
    const char *path;
    bool versioned; /* the provider knows the version */
    uint64_t version;
};
long object_make(const struct object_request *request, const struct object_file *file,
                 struct elf_report *report, struct object **object);

/** Somebody more uses @object. */
void object_use(struct object *object);

/** One user less; what nobody uses goes with the next cache_trim() that finds it too much. */
void object_leave(struct object *object);

/** Gives back an object that nobody uses, and all it holds. */
void object_drop(struct object *object);

/** Bytes it holds. */
uint64_t object_bytes(const struct object *object);

/** The object after @object in the list, from null on; null at the end. */
struct object *object_next(const struct object *object);
