/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <l4/types.h>

/*
 * The tasks of the task server. Each is one entry of the table, from its making until its maker has
 * given up the control gate; what the kernel holds for it is gone as soon as it has ended.
 */

#define TASKS_MAX      256
#define TASK_NAME_MAX  32
#define TASK_QUOTA_MIN (32 * 1024) /* its factory, task, first page tables, UTCBs and thread */

enum ts_state {
    TS_FREE,    /* entry not in use */
    TS_RUNNING, /* made; started or not */
    TS_EXITED,  /* by itself: @code is valid */
    TS_KILLED,
};

/** One task. Invariant: factory, task, thread and exit_irq are 0 unless it is TS_RUNNING. */
struct ts_task {
    enum ts_state state;
    uint32_t id; /* never 0; not given out again while any task has it */
    int32_t code;
    uint8_t mcp;
    uint64_t quota; /* bytes of kernel memory */
    char name[TASK_NAME_MAX + 1];
    /* We hold D on these three, and nobody else does. */
    l4_cap_t factory, task, thread;
    l4_cap_t exit_irq; /* the maker's */
    /* our gates for it (struct ipc_object); null when nobody holds them */
    void *scheduler, *self, *control;
};

struct ts_tasks {
    struct ts_task table[TASKS_MAX];
    uint32_t last_id;
};

/** What the maker of a task asks for. */
struct ts_wish {
    const char *name;
    uint64_t quota; /* bytes, at least TASK_QUOTA_MIN */
    uint32_t mcp;   /* 1..255, more counts as 255 */
};

/**
 * Makes factory, task and thread, bound and not running, and enters them. -L4_EINVAL: no name,
 * quota below the minimum or mcp 0; -L4_ENOSPC: table full; -L4_ENOMEM: no slots or kernel memory.
 * After an error nothing is left. The interrupt becomes the task's only if this succeeds.
 */
long task_make(struct ts_tasks *tasks, const struct ts_wish *wish, l4_cap_t exit_irq,
               struct ts_task **task);

/**
 * Ends @task: deletes what the kernel has of it, so that its memory and quota are free on return,
 * and triggers the maker's interrupt. @state: TS_EXITED with @code, or TS_KILLED. Nothing happens
 * if it has ended already: the first end counts.
 */
void task_end(struct ts_task *task, enum ts_state state, int32_t code);

/** Its maker does not need the code any more: ends it if it runs, and frees the entry. */
void task_forget(struct ts_task *task);

/**
 * Books, `books simple_ts NAME/ID KIND COUNT 0` with KIND `task` and `quota` (bytes) for a task
 * that lives, `ended` for one whose code is kept.
 */
void tasks_books(const struct ts_tasks *tasks, FILE *to);
