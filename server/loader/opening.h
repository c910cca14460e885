/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/*
 * Requests of other programs as the service thread sees them: idl/loader.idl start and open,
 * idl/loader_opening.idl, loader_task.books. Service thread.
 */

/**
 * loader.start, loader_task.books: asks the worker; the answer comes later. IPC_LATER or an error.
 */
long opening_start(struct ipc_call *call, const char *name, const char *args);
long opening_books(struct ipc_call *call, const char *name);

/** What a client wants to be opened. */
struct opening_wish {
    const char *name, *args;
    uint32_t flags; /* LOADER_STOPPED and the like */
    struct ipc_bulk_in *image; /* null: the file provider has the program */
};

/**
 * loader.open, loader.open_image: asks the worker; @opening is the gate of the start in progress.
 * -ERR_EINVAL, -ERR_EAGAIN; errors of image_take().
 */
long opening_open(struct ipc_call *call, const struct opening_wish *wish,
                  struct ipc_cap_out *opening);

/** The worker is done with some: answers who waits. */
void openings_done(void);

/** True while somebody who has opened @task can still ask for its control. */
bool opening_holds(const struct task *task);
