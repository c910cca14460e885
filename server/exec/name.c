/* SPDX-License-Identifier: BSD-2-Clause */
#include "name.h"

#include <string.h>

#include "cache.h"

static bool same_request(const struct object_name *n, const struct object_request *request)
{
    return strcmp(n->name, request->name) == 0 && strcmp(n->libpath, request->libpath) == 0;
}

/** Calls of the kernel come last: most objects are not meant. */
struct object *name_find(const struct object_request *request, const struct object_name **name)
{
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        for (uint32_t i = 0; i < o->name_count; i++)
            if (o->names[i]->used && same_request(o->names[i], request)
                && object_fits(o, request)) {
                *name = o->names[i];
                return o;
            }
    return NULL;
}

struct object *name_at(const struct object_request *request, const char *path,
                       const struct object_name **name)
{
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        for (uint32_t i = 0; i < o->name_count; i++)
            if (o->names[i]->used && strcmp(o->names[i]->path, path) == 0
                && object_fits(o, request)) {
                *name = o->names[i];
                return o;
            }
    return NULL;
}

/**
 * Other objects are not found by this request or at this place any more; @object has them as they
 * are now.
 */
static void take_away(struct object *object, const struct object_request *request,
                      const struct name_place *place)
{
    const struct object_request any = {.provider = request->provider};

    for (struct object *o = object_next(NULL); o; o = object_next(o))
        for (uint32_t i = 0; i < o->name_count; i++) {
            struct object_name *n = o->names[i];
            bool there = strcmp(n->path, place->path) == 0;
            if (!n->used || !(there || same_request(n, request)))
                continue;
            if (o != object && object_fits(o, &any))
                n->used = false;
            if (o == object && there) {
                n->versioned = place->versioned;
                n->version = place->version;
            }
        }
}

/**
 * The entry of @object for @request: its own, a free one, a new one, or the oldest. Null: no
 * memory.
 */
static struct object_name *entry(struct object *object, const struct object_request *request)
{
    struct object_name *best = NULL;

    for (uint32_t i = 0; i < object->name_count; i++) {
        struct object_name *n = object->names[i];
        if (n->used && same_request(n, request))
            return n;
        if (!best || !n->used || (best->used && n->age < best->age))
            best = n;
    }
    if (object->name_count == OBJECT_NAMES || (best && !best->used))
        return best;
    struct object_name *added = arena_alloc(&object->arena, sizeof *added);
    if (!added)
        return best;
    object->names[object->name_count++] = added;
    return added;
}

/** They fit: longer ones are refused before anybody is asked. */
static void copy(char *to, size_t size, const char *text)
{
    size_t length = strnlen(text, size - 1);

    memcpy(to, text, length);
    to[length] = 0;
}

void name_note(struct object *object, const struct object_request *request,
               const struct name_place *place)
{
    if (!request->provider)
        return;
    take_away(object, request, place);
    struct object_name *n = entry(object, request);
    if (!n)
        return;
    n->used = true;
    n->age = cache_now();
    n->versioned = place->versioned;
    n->version = place->version;
    copy(n->name, sizeof n->name, request->name);
    copy(n->libpath, sizeof n->libpath, request->libpath);
    copy(n->path, sizeof n->path, place->path);
}
