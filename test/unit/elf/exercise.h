/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * Do with a file whatever can be done with one: parse, place, resolve together with a good library,
 * relocate, move, relocate again. For hostile files under sanitizers; every block of memory has
 * exactly the size asked for.
 */
#include "elf/elf.h"
#include <stdlib.h>
#include <string.h>

#define EXERCISE_BLOCKS 512
#define EXERCISE_IMAGE_MAX (2ull << 20)

struct exercise {
    void *blocks[EXERCISE_BLOCKS];
    unsigned count;
    uint64_t bytes;
};

/** As exec's arena is: with an end. */
static void *exercise_alloc(void *context, size_t size)
{
    struct exercise *e = context;
    void *block = NULL;
    e->bytes += size;
    if (e->count == EXERCISE_BLOCKS || e->bytes > 16 * EXERCISE_IMAGE_MAX ||
        posix_memalign(&block, 16, size))
        return NULL;
    return e->blocks[e->count++] = block;
}

static int exercise_link(struct exercise *e, struct elf_set *set,
                         struct elf_report *report)
{
    struct elf_place places[2];
    struct elf_counts counts = { 0, 0 };
    uint32_t order[2];
    struct elf_binding b;

    int missing = elf_set_resolve(set, report), error = 0;
    if (missing && missing != -ERR_ENOLIB && missing != -ERR_EUNDEFINED)
        return missing;
    elf_set_export(set, "main", &b);
    elf_set_order(set, order);
    for (uint32_t i = 0; i < set->count; i++) {
        const struct elf_object *o = set->members[i].object;
        if (o->image_size > EXERCISE_IMAGE_MAX)
            return missing;
        places[i] = (struct elf_place){ 0, ELF_UNLINKED, NULL };
        elf_base(o, o->fixed ? o->start : 0x40000000ull * (i + 1), &places[i].base);
        if (o->image_size && !(places[i].image = exercise_alloc(e, o->image_size)))
            return missing;
        if (o->image_size)
            memset(places[i].image, 0, o->image_size);
        elf_fill(o, places[i].image);
    }
    error = elf_set_relocate(set, places, &counts, report);
    for (uint32_t i = 0; i < set->count && !error; i++)
        if (!set->members[i].object->fixed)
            places[i].base += 0x40000000;
    if (!error)
        error = elf_set_relocate(set, places, &counts, report);
    return error ? error : missing;
}

/** Everything with @file; @good may be NULL. Returns the first error, or 0. */
static int exercise(const struct elf_file *file, const struct elf_object *good)
{
    struct exercise e = { .count = 0 };
    struct elf_arena arena = { exercise_alloc, &e };
    const struct elf_object *o = NULL;
    char text[300];
    struct elf_report report;
    struct elf_set set;

    elf_report_init(&report, text, sizeof(text));
    int error = elf_parse(file, &arena, &o, &report);
    if (!error) {
        elf_standalone(o, &report);
        elf_set_init(&set, &arena);
        error = elf_set_add(&set, o, "hostile", 0);
        if (error == 0 && good)
            error = elf_set_add(&set, good, "libneed.so", 0);
        if (error >= 0)
            error = exercise_link(&e, &set, &report);
    }
    while (e.count)
        free(e.blocks[--e.count]);
    return error;
}
