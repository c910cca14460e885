/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/* A task's own gate at the loader: idl/loader_task.idl, where it stands. Service thread. */

/** Makes the gate of @task; errors of the kernel. */
long entry_make(struct ipc_server *server, struct task *task);

/** The task whose gate @object is, or null: it is not one of these. */
const struct task *entry_task(const struct ipc_object *object);

/** Destroys it, if there is one. */
void entry_destroy(struct ipc_server *server, struct task *task);

/** Lets a task go on that is stopped in one of its calls. */
void entry_cont(struct task *task);
