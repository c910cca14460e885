/* SPDX-License-Identifier: BSD-2-Clause */
#include "set.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <task/infopage.h>

#include "addresses.h"
#include "counters.h"
#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/clock.h"
#include "l4sys/task.h"

#define SMALL_BSS (64ul << 10) /* bytes of zeros that a master may have */

static struct set *sets;

struct set *set_next(const struct set *set)
{
    return set ? set->next : sets;
}

uint64_t set_bytes(const struct set *set)
{
    return set->filled + arena_bytes(&set->arena);
}

struct set *set_find(const struct set_list *list)
{
    for (struct set *s = sets; s; s = s->next)
        if (s->count == list->count && s->startup == list->startup
            && memcmp(s->objects, list->objects, list->count * sizeof list->objects[0]) == 0)
            return s;
    return NULL;
}

/** Adds the objects and binds all symbols. */
static long resolve(struct set *set, struct elf_report *report)
{
    elf_set_init(&set->elf, &set->arena.elf);
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t flags = i == set->startup ? ELF_MEMBER_ALONE : 0;
        int error = elf_set_add(&set->elf, set->objects[i]->elf, set->names[i], flags);
        if (error < 0)
            return error;
    }
    if (set->startup != TASK_NO_OBJECT) {
        int error = elf_standalone(set->objects[set->startup]->elf, report);
        if (error < 0)
            return -ERR_ENOTSTANDALONE;
    }
    int error = elf_set_resolve(&set->elf, report);
    counters.lookups += set->elf.lookups;
    return error < 0 ? error : 0;
}

/**
 * Nobody calls the functions that choose indirect ones (IRELATIVE) in a task yet (design rule 17):
 * who needs that is not started.
 */
static long refuse_indirect(const struct set *set, struct elf_report *report)
{
    if (set->elf.ifunc_count == 0)
        return 0;
    const struct elf_ifunc *i = &set->elf.ifuncs[0];
    int n = snprintf(report->text + report->used, report->size - report->used,
                     "%s: relocation at 0x%lx: indirect functions are not supported\n",
                     set->objects[i->object]->name, (unsigned long)i->target);
    if (n > 0 && (size_t)n < report->size - report->used)
        report->used += (size_t)n;
    return -ERR_EUNSUPPORTED;
}

/** Constructors run each after those of the objects it needs. */
static long order(struct set *set)
{
    uint32_t by_turn[TASK_OBJECTS_MAX];
    int error = elf_set_order(&set->elf, by_turn);

    if (error < 0)
        return error;
    for (uint32_t turn = 0; turn < set->count; turn++)
        set->init_order[by_turn[turn]] = turn;
    return 0;
}

/** Gives every object its suggested base and its part of the master. */
static uint64_t lay_out(struct set *set)
{
    uint64_t size = 0;

    for (uint32_t i = 0; i < set->count; i++) {
        const struct object *object = set->objects[i];
        set->bases[i] = i == set->startup ? addresses_startup(object, set->objects[0])
                                          : object->base;
        set->image_at[i] = size;
        size += object->elf->image_size;
    }
    return size;
}

static long count_part(void *context, uint32_t member, struct elf_range part)
{
    struct set *set = context;

    (void)member;
    set->filled += part.end - part.start;
    return 0;
}

static long map_part(void *context, uint32_t member, struct elf_range part)
{
    const struct set *set = context;

    return memory_map(&set->master, set->image_at[member] + part.start,
                      set->image_at[member] + part.end);
}

/**
 * Of the master only what linking writes is there: memory that is zero in the file (bss) is made
 * when a task writes it, in its own copy and at its own cost. A little of it is cheaper to have
 * than to leave out.
 */
static long open_master(struct set *set, uint64_t size)
{
    long error = elf_set_parts(&set->elf, count_part, set);

    if (error)
        return error;
    if (size <= set->filled + SMALL_BSS) {
        set->filled = size;
        return memory_open(&set->master, size, "master");
    }
    error = memory_reserve(&set->master, size, "master");
    return error ? error : elf_set_parts(&set->elf, map_part, set);
}

static long make_master(struct set *set, struct elf_report *report)
{
    struct elf_place places[TASK_OBJECTS_MAX];
    struct elf_counts counts = {0};
    uint64_t size = lay_out(set);

    if (size == 0)
        return 0;
    long error = open_master(set, size);
    if (error)
        return error;
    uint64_t start = l4_cycles();
    for (uint32_t i = 0; i < set->count; i++) {
        const struct elf_object *elf = set->objects[i]->elf;
        places[i] = (struct elf_place){.base = set->bases[i], .linked = ELF_UNLINKED};
        if (elf->image_size) {
            places[i].image = (char *)set->master.address + set->image_at[i];
            elf_fill(elf, places[i].image);
        }
    }
    uint64_t filled = l4_cycles();
    error = elf_set_relocate(&set->elf, places, &counts, report);
    set->ticks[TASK_TICKS_COPY] = filled - start;
    set->ticks[TASK_TICKS_RELOCATE] = l4_cycles() - filled;
    set->relocations = counts.relocations;
    counters.relocations += counts.relocations;
    return error;
}

/** Read-only copies of the objects' dataspaces in one aligned window: they travel as one item. */
static long make_window(struct set *set)
{
    set->window = slots_alloc_range(TASK_OBJECTS_ORDER);
    if (!set->window)
        return -ERR_ENOMEM;
    for (uint32_t i = 0; i < set->count; i++) {
        long error = l4_task_map_cap(TASK_CAP_TASK, set->objects[i]->file.dataspace,
                                     set->window + i * L4_CAP_OFFSET, L4_CAP_R);
        if (error < 0)
            return error;
    }
    return 0;
}

static void release(struct set *set)
{
    struct arena arena = set->arena;

    for (uint32_t i = 0; i < set->count; i++)
        object_leave(set->objects[i]);

    if (set->master.size)
        memory_close(&set->master);
    if (set->window) {
        l4_task_unmap(TASK_CAP_TASK, l4_fpage_obj(set->window, TASK_OBJECTS_ORDER, L4_CAP_RWSD),
                      L4_UNMAP_ALL_SPACES);
        slots_free_range(set->window, TASK_OBJECTS_ORDER);
    }
    arena_free(&arena);
}

long set_make(const struct set_list *list, struct elf_report *report, struct set **result)
{
    struct arena arena;

    arena_init(&arena);
    struct set *set = arena_alloc(&arena, sizeof *set);
    if (!set)
        return -ERR_ENOMEM;
    set->arena = arena;
    set->arena.elf.context = &set->arena;
    set->count = list->count;
    set->startup = list->startup;
    memcpy(set->objects, list->objects, list->count * sizeof list->objects[0]);
    memcpy(set->names, list->names, list->count * sizeof list->names[0]);
    set->names[0] = list->objects[0]->name; /* the program's comes with each start */
    for (uint32_t i = 0; i < set->count; i++)
        object_use(set->objects[i]);

    uint64_t start = l4_cycles();
    long error = resolve(set, report);
    if (!error)
        error = refuse_indirect(set, report);
    if (!error)
        error = order(set);
    set->ticks[TASK_TICKS_LOOKUP] = l4_cycles() - start;
    if (!error)
        error = make_master(set, report);
    if (!error)
        error = make_window(set);
    if (error) {
        release(set);
        return error;
    }
    counters.masters++;
    set->next = sets;
    sets = set;
    *result = set;
    return 0;
}

void set_drop(struct set *set)
{
    struct set **at = &sets;

    assert(set->clients == 0);
    while (*at != set)
        at = &(*at)->next;
    *at = set->next;
    for (uint32_t i = 0; i < set->count; i++) /* they are as old as it is */
        if (set->objects[i]->used_at < set->used_at)
            set->objects[i]->used_at = set->used_at;
    release(set);
    counters.masters--;
}
