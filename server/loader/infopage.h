/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "launch.h"

/** Where exec's table begins in the infopage's dataspace, and how large it may get. */
#define INFOPAGE_TABLE_AT   0x2000ul
#define INFOPAGE_TABLE_SIZE (TASK_INFOPAGE_SIZE - INFOPAGE_TABLE_AT)

/**
 * Step 1: fills in the loader's part of the infopage @info (TASK_INFOPAGE_SIZE bytes, mapped here).
 * -ERR_E2BIG if the arguments do not fit.
 */
long infopage_fill(struct task_infopage *info, const struct launch *l);

/** After step 4: where the start-up library with the region manager will be. */
void infopage_add_objects(struct task_infopage *info, const struct task_table *table);
