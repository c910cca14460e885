/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>

#include <task/infopage.h>

#include "ipc/ipc.h"
#include "times.h"

/*
 * The tasks of the loader. A record goes free -> starting -> started -> ended -> free. Who may
 * touch it: while "starting" the start worker (start.c), afterwards the service thread (service.c);
 * the pager thread (pager.c) reads `areas` and sets `fault` between "starting" and "ended".
 */

enum { TASKS = 256, TASK_AREAS = 64, TASK_NAME = 33 };

enum task_state { TASK_FREE, TASK_STARTING, TASK_STARTED, TASK_ENDED };

/**
 * Memory of the task that the backing pager serves: whole pages of a dataspace the loader holds.
 */
struct task_area {
    uint64_t start, end; /* addresses in the task */
    l4_cap_t dataspace;
    uint64_t offset;
    unsigned rights; /* L4_FPAGE_* */
};

/** A fault that nobody could resolve; the task is ended for it. */
struct task_fault {
    _Atomic bool happened;
    bool reported;
    bool page_fault;
    bool write, fetch;
    uint64_t trap;
    uint64_t address, ip, sp;
};

struct task {
    _Atomic int state;
    uint32_t id;
    uint32_t account; /* who has opened it (account.h) */
    uint32_t verbose;
    uint32_t stops;  /* LOADER_STOPPED and the like: where it still has to be stopped */
    bool may_control; /* script: allow_kill */
    char name[TASK_NAME];
    bool native; /* has libloader.so; else a Sigma0 client */

    /* capabilities the loader keeps until the task has ended */
    l4_cap_t task, control, dm;
    l4_cap_t infopage, placement, stack, written;
    l4_cap_t objects; /* window, Sigma0 clients only */
    l4_cap_t linker;  /* its entry at exec, native tasks only: to name functions in reports */
    l4_cap_t thread;  /* only while it is stopped before its first instruction, ip and sp */
    uint64_t ip, sp;

    /* the service thread's */
    struct ipc_object *entry;   /* gate for its reports (entry.c) */
    struct ipc_object *owner;   /* gate of who may end it (control.c) */
    struct ipc_later held;      /* its call, when it is stopped in one */
    bool held_placed;           /* that is placed, else running */

    struct task_area areas[TASK_AREAS];
    unsigned area_count;
    struct task_fault fault;

    struct task_infopage *info; /* the infopage in the loader's space: to name addresses */
    uint64_t info_mapped;       /* bytes of it */

    /* results */
    uint32_t end;  /* LOADER_STATE_*: how it ended */
    int32_t code;
    uint64_t private_bytes, shared_bytes;
    uint32_t moved;
    struct times times;
};

/** A free record, now "starting", with a number of its own; null if there are too many tasks. */
struct task *task_alloc(const char *name);

/** Frees the record: it is as if the task had never been. */
void task_free(struct task *task);

/** The task with number @id in any state but free, or null. */
struct task *task_find(uint32_t id);

/** The task with the lowest number >= @first in any state but free, or null. */
const struct task *task_next(uint32_t first);

/** Record number @i < TASKS, whatever its state. */
struct task *task_at(unsigned i);

/** Enters an area for the backing pager; -ERR_ETOOMANY. */
long task_add_area(struct task *task, const struct task_area *area);

/**
 * Gives back every capability the loader holds for @task. The gates are the caller's to destroy.
 */
void task_release(struct task *task);
