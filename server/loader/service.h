/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/*
 * The service thread: answers idl/loader.idl and idl/loader_task.idl, hears of tasks that have ended
 * or faulted. It waits for nobody; starting is left to the start worker.
 */

/** Starts the thread and registers LOADER at names. */
long service_init(void);

/** The interrupt that simple_ts triggers when a task has ended, and the pager when one has faulted. */
l4_cap_t service_irq(void);

/** Makes the gate by which @task reports where it stands, *@gate. Start worker. */
long service_add(const struct task *task, l4_cap_t *gate);

/** Removes the gate of a task that could not be started. Start worker. */
void service_remove(const struct task *task);

/** The start worker has started @task: its end is the service thread's business from now on. */
void service_started(struct task *task);

/** A request to start a program, by another program (idl/loader.idl). */
struct service_request {
    _Atomic int state;
    char name[201];
    char args[201];
    struct ipc_later later;
    long error; /* the answer */
    uint32_t id;
};

/** Start worker: the next request, waiting at most @us microseconds for it; null: none came. */
struct service_request *service_next(uint64_t us);

/** Start worker: @request has its answer. */
void service_answer(struct service_request *request);

/** True if every task that has ended has ended by itself with code 0. */
bool service_all_well(void);

/** Number of tasks that have been started and have not ended. */
unsigned service_running(void);
