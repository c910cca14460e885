/* SPDX-License-Identifier: BSD-2-Clause */
#include "addresses.h"

#include <task/layout.h>

#include "errors/errors.h"

/** Objects lie on multiples of this, so that a task's page tables are not shared by two. */
#define GRAIN (2ull << 20)
/** Largest random gap between two objects, in grains. */
#define GAPS 4096

static uint64_t next = TASK_OBJECTS_AREA;
static uint64_t state = 1;

void addresses_seed(uint64_t seed)
{
    state = seed ? seed : 1;
}

/** xorshift64*: addresses need to be spread, not secret from exec's own clients. */
static uint64_t random_number(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545f4914f6cdd1dull;
}

static uint64_t round_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

/** The end of an object that is kept and has a byte in [@start, @end), or 0. */
static uint64_t occupied(uint64_t start, uint64_t end)
{
    for (const struct object *o = object_next(NULL); o; o = object_next(o)) {
        uint64_t first = o->base + o->elf->start, last = o->base + o->elf->end;
        if (!o->elf->fixed && first < end && start < last)
            return last;
    }
    return 0;
}

/** First free place of @size bytes from @start on; 0: none before the end of the area. */
static uint64_t find(uint64_t start, uint64_t size, uint64_t align)
{
    uint64_t end;

    for (; start + size <= TASK_OBJECTS_AREA_END; start = round_up(end + GRAIN, align)) {
        end = occupied(start, start + size);
        if (!end)
            return start;
    }
    return 0;
}

long addresses_choose(struct object *object)
{
    const struct elf_object *elf = object->elf;

    if (elf->fixed)
        return 0;
    uint64_t align = elf->align > GRAIN ? elf->align : GRAIN;
    uint64_t size = elf->end - elf->start + GRAIN;
    uint64_t from = round_up(next + (random_number() >> 52) % GAPS * GRAIN, align);
    uint64_t start = find(from, size, align);
    if (!start)
        start = find(round_up(TASK_OBJECTS_AREA, align), size, align);
    if (!start)
        return -ERR_ENOMEM;
    int error = elf_base(elf, start + elf->start % align, &object->base);
    next = round_up(start + size, GRAIN);
    return error;
}

static bool in_the_way(const struct elf_object *program, uint64_t start, uint64_t size)
{
    return program->fixed && program->start < start + size && start < program->end;
}

uint64_t addresses_startup(const struct object *startup, const struct object *program)
{
    uint64_t size = startup->elf->end - startup->elf->start;
    uint64_t place = in_the_way(program->elf, TASK_LOADER_LIB, size) ? TASK_LOADER_LIB2
                                                                     : TASK_LOADER_LIB;
    return place - startup->elf->start;
}
