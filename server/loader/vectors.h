/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "launch.h"

/**
 * Step 5 for a program without libloader.so: writes the arguments and the auxiliary vector of a
 * System V process start to the top of its stack (task->stack); *@sp: its stack pointer.
 * -ERR_E2BIG if they do not fit; errors of the dataspace manager.
 */
long vectors_build(const struct launch *l, const struct task_table *table, uint64_t *sp);
