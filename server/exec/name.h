/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "fetch.h"
#include "object.h"

/*
 * By which requests an object is found again. A request for a name along a library path leads to a
 * path at the provider, and that to an object; what a path or a request leads to is the newest that
 * it has led to. An object keeps a few of its names: by others it is fetched once more, and
 * compared.
 */

enum { OBJECT_LIBPATH_SIZE = 121 };

struct object_name {
    bool used;
    uint64_t age; /* when it was noted, as cache_now() */
    char name[FETCH_NAME_SIZE]; /* as it was asked for: "libdemo.so" */
    char libpath[OBJECT_LIBPATH_SIZE];
    char path[FETCH_NAME_SIZE]; /* as the provider knows it */
    bool versioned;             /* the provider has told the version */
    uint64_t version;
};

/** The object that an equal request has led to, and as what; null: there is none. */
struct object *name_find(const struct object_request *request, const struct object_name **name);

/** Likewise the object at @path of the provider, whatever it was asked for as. */
struct object *name_at(const struct object_request *request, const char *path,
                       const struct object_name **name);

/** Where a request has led to, and what the provider said of it. */
struct name_place {
    const char *path;
    bool versioned;
    uint64_t version;
};

/** Notes that @request has led to @object. Nothing for an image. */
void name_note(struct object *object, const struct object_request *request,
               const struct name_place *place);
