/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "request.h"
#include "task.h"

/*
 * Starting one task: steps 1 to 5 of the paper's 2.2, on the start worker (the main thread), which
 * may wait for exec and the file providers.
 */

/** What is to be started. Strings stay valid until launch() returns. */
struct launch {
    const char *name;            /* as the script has it */
    const char *const *files;    /* names to try at the provider, null-terminated */
    const struct image *image;   /* the program's file; null: the provider has it, by one of these names */
    const char *libpath;         /* ':' separated */
    const char *const *argv;     /* argc strings */
    unsigned argc;
    uint32_t verbose;
    uint32_t priority, mcp;      /* 1..255 */
    uint64_t stack_size;         /* bytes; 0: default */
    uint64_t heap_max;           /* bytes; 0: no limit of its own */
    uint64_t memory_limit;       /* bytes the task may hold at the dataspace manager; 0: default */
    uint64_t kernel_quota;       /* bytes of kernel memory; 0: default */
    uint64_t kept_start, kept_size; /* memory of the task at a fixed address; size 0: none */
    l4_cap_t provider;           /* file provider */
    uint32_t account;            /* who wants it (account.h) */
    uint32_t stops;              /* LOADER_STOPPED and the like */
    bool may_control;            /* may rule other tasks (allow_kill) */
    const _Atomic bool *cancelled; /* give up between two steps when it becomes true; may be null */
    /* set by launch() */
    struct task *task;           /* the record, from the moment it exists */
    char report[2048];           /* on failure: what is missing or wrong, line by line */
};

/** Starts it. On failure nothing is left but l->report; errors of the servers asked. */
long launch(struct launch *l);
