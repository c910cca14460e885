/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/*
 * The backing pager (paper 2.1): a thread that serves the start-up pages of tasks until their own
 * region managers do, all pages of Sigma0 clients, and is told of every exception.
 */

/** Starts the thread. @unresolved is triggered when it has set task->fault.happened somewhere. */
long pager_init(l4_cap_t unresolved);

/** Makes the gate of @task for faults and exceptions, *@gate. From any thread but the pager's. */
long pager_add(const struct task *task, l4_cap_t *gate);

/** Removes the gate. From any thread but the pager's. */
void pager_remove(const struct task *task);
