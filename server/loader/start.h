/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "launch.h"

/* What launch.c (steps 1 to 4) and boot.c (step 5) share: one start in progress. */

/** Capabilities that pass through the loader on their way to the new task. */
enum kit_index {
    KIT_FACTORY,
    KIT_THREAD,
    KIT_SCHEDULER,
    KIT_TS,
    KIT_EXEC,
    KIT_KEPT,
    KIT_LOG,
    KIT_NAMES,
    KIT_OBJECTS, /* a window of 2^TASK_OBJECTS_ORDER */
    KIT_SIZE,
};

/** A start in progress: the launch, its record, what is in the loader's hands for it. */
struct start {
    struct launch *l;
    struct task *task;
    l4_cap_t kit[KIT_SIZE];
    l4_cap_t pager_gate, entry_gate;
    struct task_infopage *head; /* the loader's part of the infopage, writable; until step 4 */
    const struct task_table *table;
};

/* Step 5 of the paper's 2.2, in its parts, in this order; errors of the servers asked. */

/** Has simple_ts create the task, and opens its sessions and gates. */
long boot_create(struct start *s);

/** Gives the task its capabilities (doc/contracts.md 2). */
long boot_give(struct start *s);

/** Maps start-up sections, stack top, infopage and KIP; registers areas at the backing pager. */
long boot_map(struct start *s);

/** Starts the thread, or leaves it stopped if the launch asks for that. */
long boot_run(struct start *s);
