/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/layout.h>

#include "elf/elf.h"
#include "server/exec/addresses.h"

/*
 * Suggested addresses while objects come and go: far more than the area has room for one after
 * another.
 */

enum { KEPT = 64, ROUNDS = 50000 };

static struct object objects[KEPT];
static struct elf_object shapes[KEPT];
static bool there[KEPT];

/** What exec's list of objects is for addresses.c. */
struct object *object_next(const struct object *object)
{
    unsigned i = object ? (unsigned)(object - objects) + 1 : 0;

    while (i < KEPT && !there[i])
        i++;
    return i < KEPT ? &objects[i] : NULL;
}

static bool apart(const struct object *a, const struct object *b)
{
    return a->base + a->elf->end <= b->base + b->elf->start
           || b->base + b->elf->end <= a->base + a->elf->start;
}

static bool good(unsigned i)
{
    const struct object *o = &objects[i];

    if (o->base + o->elf->start < TASK_OBJECTS_AREA || o->base + o->elf->end > TASK_OBJECTS_AREA_END)
        return false;
    for (unsigned k = 0; k < KEPT; k++)
        if (k != i && there[k] && !apart(o, &objects[k]))
            return false;
    return true;
}

TEST(places_of_what_has_left_are_used_again)
{
    uint32_t random = 1;

    addresses_seed(7);
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned i = (random = random * 1664525 + 1013904223) >> 26;
        there[i] = false;
        shapes[i] = (struct elf_object){
            .start = 0, .end = 4096ull * (1 + (random >> 8) % 100000), .align = 4096};
        objects[i] = (struct object){.elf = &shapes[i]};
        CHECK(addresses_choose(&objects[i]) == 0);
        there[i] = true;
        CHECK(good(i));
    }
}

TEST(a_full_area_is_an_error)
{
    static struct elf_object large = {.end = TASK_OBJECTS_AREA_END - TASK_OBJECTS_AREA, .align = 4096};
    struct object object = {.elf = &large};

    CHECK(addresses_choose(&object) < 0);
}

UNIT_MAIN(T(places_of_what_has_left_are_used_again), T(a_full_area_is_an_error))
