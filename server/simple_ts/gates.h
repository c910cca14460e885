/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"

/* The gates of a task: its scheduling proxy, its own entry (ts_self), its maker's (ts_control). */

struct ts_task;

/** The base gate: interface ts and the books. */
extern const struct ipc_kind ts_base_kind;

/**
 * Makes the three gates of @task. They are the task's; when the control gate dies the task is
 * forgotten. -L4_ENOMEM: then none is left.
 */
long gates_make(struct ipc_server *server, struct ts_task *task);

/** Destroys those that are there. */
void gates_destroy(struct ipc_server *server, struct ts_task *task);

/** The gates as objects. */
struct ipc_object *gate_scheduler(const struct ts_task *task);
struct ipc_object *gate_self(const struct ts_task *task);
struct ipc_object *gate_control(const struct ts_task *task);
