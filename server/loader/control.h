/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/* The right to a task: idl/loader_control.idl. Service thread. */

/**
 * Answers @call with the control gate of @task, made if there is none. -ERR_ENOENT: not started
 * yet.
 */
long control_out(struct ipc_call *call, struct task *task, struct ipc_cap_out *control);

/** True while @task waits for cont. */
bool control_stopped(const struct task *task);

/** LOADER_STATE_* of @task. */
uint32_t control_state(const struct task *task);
