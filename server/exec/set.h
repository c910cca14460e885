/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <task/infopage.h>
#include <task/slots.h>

#include "object.h"

/**
 * A program with all its libraries, in search order, linked at the suggested addresses (paper 2.2,
 * step 4). Kept: the next start of the same objects copies `master` and does nothing else. It uses
 * its objects; itself it is used by tasks, and kept for a while without (cache.h).
 */
struct set {
    struct set *next;
    struct object *objects[TASK_OBJECTS_MAX];
    const char *names[TASK_OBJECTS_MAX];  /* of the libraries: as the objects need them */
    uint64_t bases[TASK_OBJECTS_MAX];     /* where each is linked for */
    uint64_t image_at[TASK_OBJECTS_MAX];  /* its written sections, as offset in the master */
    uint32_t init_order[TASK_OBJECTS_MAX];
    uint32_t count;
    uint32_t startup; /* index of libloader.so, or TASK_NO_OBJECT: a static program */
    struct elf_set elf;
    struct arena arena;
    struct memory master;     /* all written sections, linked, sparse; size 0: there are none */
    uint64_t filled;          /* bytes of it that are there, at most */
    l4_cap_t window;          /* read-only copies of the objects' dataspaces, in order */
    uint64_t relocations;     /* what linking it took */
    uint32_t clients;         /* tasks that were started with it */
    uint64_t used_at;         /* when last: cache.c's clock */
    uint64_t ticks[TASK_TICKS]; /* likewise: look-up, copy, relocate */
};

/** The objects of a set to be. */
struct set_list {
    struct object *objects[TASK_OBJECTS_MAX];
    const char *names[TASK_OBJECTS_MAX]; /* by which each was asked for */
    uint32_t count;
    uint32_t startup; /* index, or TASK_NO_OBJECT */
};

/** The set that was linked from exactly these objects before, or null. */
struct set *set_find(const struct set_list *list);

/**
 * First link step: resolves all symbols, places everything at its suggested address, makes the
 * master. -ERR_EUNDEFINED with all of them in @report; other errors of lib/elf; -ERR_ENOMEM.
 */
long set_make(const struct set_list *list, struct elf_report *report, struct set **set);

/** Gives back a set that no task uses. */
void set_drop(struct set *set);

/** Bytes it holds, its objects apart. */
uint64_t set_bytes(const struct set *set);

/** The set after @set in the list, from null on; null at the end. */
struct set *set_next(const struct set *set);
