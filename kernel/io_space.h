/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>

#include "task.h"

#define IO_PORTS        0x10000
#define IO_BITMAP_ORDER 1 /* 8 KiB */

/** Forbids all ports in a new bitmap of @task, or allows all. False: no memory. */
bool io_init(struct task *task, bool allowed);
void io_free(struct task *task);

/** The bitmap in force; NULL: no port. */
extern const uint64_t *io_shown;

/** The ports of @task are in force from now on. */
void io_show(const struct task *task);

/**
 * Maps the ports that @fpage and @window share, one to one, as far as @from has them. 1: some, 0:
 * none, -1: no memory.
 */
long io_map(struct task *from, struct task *to, l4_fpage_t fpage, l4_fpage_t window);

/** Takes the ports from the tasks that got them by way of @task, and from @task if @self. */
void io_unmap(struct task *task, l4_fpage_t fpage, bool self);
