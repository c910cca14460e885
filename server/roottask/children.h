/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"
#include "module.h"

/*
 * Tasks of modules whose quota counts them (`child max N`): a gate in place of their factory that
 * speaks the factory's protocol (ABI 7.1), has the module's own factory make everything, and counts
 * the tasks. Such a module makes gates, threads, interrupts, semaphores and tasks, but no
 * factories, which would make tasks that nobody counts.
 */

/** Kind of the gates; an object's data is the module. */
extern const struct ipc_kind children_kind;

/** How many tasks of @module live, of those that are counted. */
unsigned children_of(const struct module *module);

/** @module has no tasks any more: the weak copies that were kept to count them go. */
void children_forget(const struct module *module);
