/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <l4/types.h>

/*
 * A thread that fills a new dataspace with a file. The dataspace manager is one that a client has
 * chosen: it may not answer, or take pages away while they are being written. So the main thread
 * never calls it and never touches its pages; it can stop this thread at any moment.
 */

struct file;

/**
 * Makes the thread, not running. @fault: slot of the gate its faults go to; @done: of the interrupt
 * that says that it has finished. Errors of the kernel.
 */
long copier_init(l4_cap_t fault, l4_cap_t done);

/** One piece of work. */
struct copy {
    const struct file *file;
    l4_cap_t dm;        /* session at the manager */
    l4_cap_t dataspace; /* empty slot for the new dataspace */
};

/** Begins with @copy; none is running. */
void copier_start(const struct copy *copy);

/** True if the copy has come to its end; *@result: 0, -ERR_ENOMEM, -ERR_ETRANSFER. */
bool copier_finished(long *result);

/** Stops the thread wherever it is; nothing of the dataspace remains mapped. */
void copier_stop(void);
