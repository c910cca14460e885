/* SPDX-License-Identifier: BSD-2-Clause */
#include "object.h"

#include <assert.h>
#include <string.h>

#include "addresses.h"
#include "cache.h"
#include "counters.h"
#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/task.h"
#include "name.h"

#include <task/slots.h>

static struct object *objects;

bool object_fits(const struct object *object, const struct object_request *request)
{
    for (uint32_t i = 0; i < request->other_count; i++)
        if (request->others[i] == object)
            return false;
    return request->provider && object->provider
           && l4_cap_equal(object->provider, request->provider);
}

struct object *object_next(const struct object *object)
{
    return object ? object->next : objects;
}

static void insert(struct object *object)
{
    object->next = objects;
    objects = object;
}

static void take_out(struct object *object)
{
    struct object **at = &objects;

    while (*at != object)
        at = &(*at)->next;
    *at = object->next;
}

/**
 * The object that is the fetched file already, or null. All bytes are compared, as there are few
 * candidates, and most that differ do so early.
 */
static struct object *find_equal(const struct object_request *request,
                                 const struct object_file *file, const struct memory *contents)
{
    for (struct object *o = objects; o; o = o->next)
        if (o->size == file->size && object_fits(o, request)
            && memcmp(o->file.address, contents->address, file->size) == 0)
            return o;
    return NULL;
}

/** From now on the request, and the place where the file is, lead to @object. */
static void note(struct object *object, const struct object_request *request,
                 const struct object_file *file)
{
    const struct name_place place = {file->path, file->versioned, file->version};

    name_note(object, request, &place);
    if (objects != object) {
        take_out(object);
        insert(object);
    }
}

/** exec's own copy of the provider's capability: the request's is given back with the request. */
static l4_cap_t copy_cap(l4_cap_t cap)
{
    l4_cap_t copy = slots_alloc();

    if (copy)
        l4_task_map_cap(TASK_CAP_TASK, cap, copy, L4_CAP_RWS);
    return copy;
}

/** Parses what is in object->file and finds it an address. */
static long parse(struct object *object, struct elf_report *report)
{
    struct elf_file file = {
        .name = object->name, .data = object->file.address, .size = object->size};
    int error = elf_parse(&file, &object->arena.elf, &object->elf, report);

    counters.parses++;
    if (error < 0)
        return error;
    return addresses_choose(object);
}

/** Gives back what @object holds; it is in no list. */
static void release(struct object *object)
{
    struct arena arena = object->arena;

    if (object->file.size)
        memory_close(&object->file);
    slots_release(object->provider);
    arena_free(&arena);
}

/** An object of its own arena, with its names; in no list yet. Null: no memory. */
static struct object *make(const struct object_request *request, const struct object_file *file)
{
    struct arena arena;

    arena_init(&arena);
    struct object *object = arena_alloc(&arena, sizeof *object);
    if (!object)
        return NULL;
    object->arena = arena;
    object->arena.elf.context = &object->arena;
    object->name = arena_string(&object->arena, request->name);
    object->image = !request->provider;
    object->provider = object->image ? 0 : copy_cap(request->provider);
    object->size = file->size;
    if (object->name && (object->image || object->provider))
        return object;
    release(object);
    return NULL;
}

long object_make(const struct object_request *request, const struct object_file *file,
                 struct elf_report *report, struct object **result)
{
    struct memory_source source = {
        .dataspace = file->dataspace, .offset = file->offset, .size = file->size};
    struct memory contents;

    if (file->size == 0)
        return -ERR_ETRUNCATED;
    long error = memory_snapshot(&contents, &source, L4_FPAGE_R, request->name);
    if (error)
        return error;
    *result = find_equal(request, file, &contents);
    if (*result) {
        memory_close(&contents);
        note(*result, request, file);
        return 0;
    }
    struct object *object = make(request, file);
    if (!object) {
        memory_close(&contents);
        return -ERR_ENOMEM;
    }
    object->file = contents;
    error = parse(object, report);
    if (error) {
        release(object);
        return error;
    }
    counters.objects++;
    insert(object);
    note(object, request, file);
    *result = object;
    return 0;
}

void object_use(struct object *object)
{
    object->users++;
    object->used_at = cache_now();
}

void object_leave(struct object *object)
{
    object->users--;
}

void object_drop(struct object *object)
{
    assert(object->users == 0);
    take_out(object);
    release(object);
    counters.objects--;
}

uint64_t object_bytes(const struct object *object)
{
    return object->file.size + arena_bytes(&object->arena);
}
