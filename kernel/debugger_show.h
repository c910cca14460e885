/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

struct task;
struct thread;

/* What the debugger can show, in lines `kdb: ...`. Nothing here changes anything. */

/** Each task with how many threads, capabilities and pages it has. */
void show_tasks(void);
/** Each capability of @task: selector, object, rights; of gates also label and thread. */
void show_caps(struct task *task);
/** The pages of @task, neighbours that differ in nothing taken together. */
void show_mappings(struct task *task);
/** All mappings of the frame that @task has at @va, as a tree. */
void show_tree(struct task *task, uint64_t va);
/** All threads that are ready, in the order in which they will run. */
void show_ready(void);
/** All objects with a name. */
void show_names(void);
/** Quotas, frames, kernel objects by kind. */
void show_memory(void);
/** Registers and IPC state. */
void show_thread(struct thread *t);
