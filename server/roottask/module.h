/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>
#include <stdbool.h>

#include "quota.h"
#include "ram.h"
#include "types.h"

/*
 * Boot modules: a task with an address space of its own each, loaded completely before it runs.
 * Nothing of it is ever paged: a page fault is an error and ends it.
 */

enum { MODULES_MAX = 128, MODULE_NAME = 32 };

struct ipc_object;

/** One boot module, as the boot loader has left it and as a running program. */
struct module {
    char name[MODULE_NAME];
    const char *line; /* its command line */
    paddr_t start, end; /* its file, page aligned; the rest of the last page is zero */
    unsigned index;   /* in the table; owner of its RAM is RAM_MODULE + index */
    struct ram_owner ram;
    const struct quota *quota;
    struct quota built_in; /* if the configuration does not say anything of it */
    bool last; /* the last one that is started */
    const char *attached_to; /* a file: name of the module it is for; null: for bmodfs */
    l4_cap_t *service; /* a base gate that it is to bind, in struct surroundings, or null */

    /* while it runs: */
    l4_cap_t factory, task, thread;
    struct ipc_object *gate; /* its pager and exception handler */
    /* what stands between it and the kernel's objects; null: nothing does, or it has none */
    struct ipc_object *icu, *children, *scheduler;
    maddr_t image_start, image_end;
};

/** What all modules share. */
struct surroundings {
    paddr_t kip;
    uint64_t kernel_heap; /* bytes, to be divided */
    l4_cap_t log_base, names_base; /* 0: no such module, or it has ended */
};

/**
 * Makes the task of @module, whose gate exists, and starts it. Errors, with a line printed: of ELF,
 * of the kernel, -ERR_ENOMEM; module_end() takes back what there is of it.
 */
long module_start(struct module *module, const struct surroundings *with);

/**
 * Deletes task, thread and factory of @module, and gets back what it had: RAM, ports, lines, tasks.
 * Who waits at its base gate gets an error.
 */
void module_end(struct module *module);

/** Maps [@from, @from + @size), all page aligned, to @at of @module. @rights: L4_FPAGE_*. */
long module_map(const struct module *module, paddr_t from, maddr_t at, uint64_t size,
                unsigned rights);
