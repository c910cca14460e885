/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <l4/types.h>

/* One task opened by a test program (idl/loader.idl). Needs IDLs names, loader and loader_*. */
struct opened {
    l4_cap_t opening, control;
    uint32_t id;
    uint32_t state; /* how it was last seen: LOADER_STATE_* */
    int32_t code;
};

/** This task's own gate at the loader: what is opened there counts for it alone. */
l4_cap_t opened_loader(void);

/**
 * Opens @name with @args, stopped where @flags say; waits until it is started. Errors are printed.
 */
long opened_open(struct opened *task, const char *name, const char *args, uint32_t flags);

/** Waits for its end, at most @seconds; true if it has ended. */
bool opened_wait(struct opened *task, unsigned seconds);

/** Waits until it is stopped, at most a second; true if it is. */
bool opened_stopped(struct opened *task);

/** Kills it; true if it was there to be killed. */
bool opened_kill(struct opened *task);

/** Gives everything back. */
void opened_close(struct opened *task);

/** Has the books of all written between marks with @name; the task needs allow_kill. */
bool opened_books(const char *name);
