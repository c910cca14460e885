/* SPDX-License-Identifier: BSD-2-Clause */
#include "known.h"

#include <string.h>

#include "errors/errors.h"
#include "idl/fprov.h"

static bool is_for_ever(const struct object_name *name)
{
    return name->versioned && name->version == FPROV_FOREVER;
}

/** The next place along @path, which goes on; -ERR_ENAMETOOLONG. */
static long place(const char **path, const char *name, char *to)
{
    size_t folder = strcspn(*path, ":"), length = strlen(name);
    bool slash = folder && (*path)[folder - 1] != '/';

    if (folder + slash + length >= FETCH_NAME_SIZE)
        return -ERR_ENAMETOOLONG;
    memcpy(to, *path, folder);
    if (slash)
        to[folder] = '/';
    memcpy(to + folder + slash, name, length + 1);
    *path += folder;
    return 0;
}

struct object *known_for_ever(const struct object_request *request)
{
    const struct object_name *name;
    const char *path = request->libpath;
    char first[FETCH_NAME_SIZE];
    struct object *object = name_find(request, &name);

    if (object)
        return is_for_ever(name) ? object : NULL;
    if (!request->provider || place(&path, request->name, first) < 0)
        return NULL;
    object = name_at(request, first, &name);
    if (!object || !is_for_ever(name))
        return NULL;
    const struct name_place there = {first, true, FPROV_FOREVER};
    name_note(object, request, &there);
    return object;
}

static long fill_names(const struct object_request *request, struct fetch *job)
{
    const char *path = request->libpath;

    do {
        if (job->name_count == FETCH_NAMES)
            return -ERR_ETOOMANY;
        long error = place(&path, request->name, job->names[job->name_count++]);
        if (error)
            return error;
    } while (*path++ == ':');
    return 0;
}

long known_fill(struct known *known, const struct object_request *request, struct fetch *job)
{
    long error = fill_names(request, job);

    for (unsigned i = 0; i < job->name_count && !error; i++) {
        const struct object_name *name;
        known->objects[i] = name_at(request, job->names[i], &name);
        if (!known->objects[i])
            continue;
        object_use(known->objects[i]);
        job->known[i] = name->versioned;
        job->known_version[i] = name->version;
    }
    return error;
}

void known_forget(struct known *known)
{
    for (unsigned i = 0; i < FETCH_NAMES; i++)
        if (known->objects[i])
            object_leave(known->objects[i]);
    *known = (struct known){0};
}
