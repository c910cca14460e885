/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "arena.h"
#include "memory.h"

/**
 * A file that exec has fetched, snapshot and parsed once (paper 2.2, step 2). Immutable; its pages
 * are shared by all tasks that use it.
 */
struct object {
    struct object *next;
    const char *name;    /* as it was asked for: "libdemo.so" */
    const char *path;    /* as the provider knows it */
    const char *libpath; /* along which it was looked for; "" for programs */
    l4_cap_t provider;   /* exec's own copy of the capability */
    struct memory file;  /* the snapshot, mapped read only */
    const struct elf_object *elf;
    struct arena arena;
    uint64_t base;   /* suggested address: chosen once per boot, 0 for fixed programs */
    uint32_t number; /* counts up */
};

/** What identifies a request for a file. */
struct object_request {
    l4_cap_t provider;
    const char *name;
    const char *libpath;
};

/** The object that an equal request led to before, or null: then it must be fetched. */
struct object *object_find(const struct object_request *request);

/**
 * Makes an object of a fetched file: @file is the provider's dataspace, @size its bytes, @path its
 * name there. The dataspace can be released afterwards. Errors: of the snapshot, of lib/elf (with a
 * sentence in @report), -ERR_ENOMEM.
 */
struct object_file {
    l4_cap_t dataspace;
    uint64_t size;
    const char *path;
};
long object_make(const struct object_request *request, const struct object_file *file,
                 struct elf_report *report, struct object **object);

/** Number of objects kept. */
unsigned object_count(void);
