/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"
#include "server/thread.h"
#include "task.h"

/*
 * A thread of the loader that serves gates of tasks: the service thread and the backing pager.
 * Other threads have it make and remove the gate of a task by a call (idl/loader_thread.idl).
 */

enum { HELPERS_MAX = 16 };

struct helper {
    struct server_thread thread; /* name, number, priority */
    struct ipc_server *server;   /* all but thread is filled in; served by this thread */
    /* on the thread itself, before it serves; may be null */
    long (*begin)(struct ipc_server *server);
    /* on the thread itself: the gate of @task, *@gate; and away with it */
    long (*add)(struct ipc_server *server, struct task *task, l4_cap_t *gate);
    void (*remove)(struct ipc_server *server, struct task *task);
    /* the rest is helper.c's */
    struct ipc_object *control;
    _Atomic long ready; /* 1: not yet, 0: serving, negative: why not */
};

/** Starts the thread; returns when it serves, or with the error that keeps it from that. */
long helper_start(struct helper *helper);

/** Makes the gate of @task, *@gate. From any thread but this one. */
long helper_add(const struct helper *helper, const struct task *task, l4_cap_t *gate);

/** Removes it. From any thread but this one. */
void helper_remove(const struct helper *helper, const struct task *task);
