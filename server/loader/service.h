/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/*
 * The service thread: answers idl/loader.idl and what hangs on it, hears of tasks that have ended
 * or faulted. It waits for nobody; starting is left to the start worker.
 */

/** Of the service thread only. */
extern struct ipc_server service_server;

/** Starts the thread and registers LOADER at names. */
long service_init(void);

/**
 * The interrupt that simple_ts triggers when a task has ended, and the pager when one has faulted.
 */
l4_cap_t service_irq(void);

/** Start worker: something has been done that the service thread has to look at. */
void service_notice(void);

/** Makes the gate by which @task reports where it stands, *@gate. Start worker. */
long service_add(const struct task *task, l4_cap_t *gate);

/** Removes the gate of a task that could not be started. Start worker. */
void service_remove(const struct task *task);

/** The start worker has started @task: its end is the service thread's business from now on. */
void service_started(struct task *task);
