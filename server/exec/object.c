/* SPDX-License-Identifier: BSD-2-Clause */
#include "object.h"

#include <string.h>

#include "addresses.h"
#include "counters.h"
#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/task.h"

#include <task/slots.h>

static struct object *objects;

struct object *object_find(const struct object_request *request)
{
    for (struct object *o = objects; o; o = o->next)
        if (strcmp(o->name, request->name) == 0 && strcmp(o->libpath, request->libpath) == 0
            && l4_cap_equal(o->provider, request->provider))
            return o;
    return NULL;
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
static long parse(struct object *object, uint64_t size, struct elf_report *report)
{
    struct elf_file file = {.name = object->name, .data = object->file.address, .size = size};
    int error = elf_parse(&file, &object->arena.elf, &object->elf, report);

    counters.parses++;
    if (error < 0)
        return error;
    return addresses_choose(object);
}

long object_make(const struct object_request *request, const struct object_file *file,
                 struct elf_report *report, struct object **result)
{
    struct memory_source source = {.dataspace = file->dataspace, .size = file->size};
    struct arena arena;

    if (file->size == 0)
        return -ERR_ETRUNCATED;
    arena_init(&arena);
    struct object *object = arena_alloc(&arena, sizeof *object);
    if (!object)
        return -ERR_ENOMEM;
    object->arena = arena;
    object->arena.elf.context = &object->arena;
    object->name = arena_string(&object->arena, request->name);
    object->path = arena_string(&object->arena, file->path);
    object->libpath = arena_string(&object->arena, request->libpath);
    object->provider = copy_cap(request->provider);
    long error = object->name && object->path && object->libpath && object->provider
                     ? memory_snapshot(&object->file, &source, L4_FPAGE_R, request->name)
                     : -ERR_ENOMEM;
    if (!error) {
        error = parse(object, file->size, report);
        if (error)
            memory_close(&object->file);
    }
    if (error) {
        slots_release(object->provider);
        arena = object->arena;
        arena_free(&arena);
        return error;
    }
    object->number = ++counters.objects;
    object->next = objects;
    objects = object;
    *result = object;
    return 0;
}

unsigned object_count(void)
{
    return (unsigned)counters.objects;
}
