/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "idl/loader.h"
#include "task.h"

/* What others may know of a task: idl/loader.idl list, info, sections and dump. Service thread. */

/** Fills in @out for @task; pages of a running task are counted now. */
void view_task(const struct task *task, struct loader_task *out);

/** At most @max sections from number @first on, where they really are; how many. */
uint32_t view_sections(const struct task *task, uint32_t first, struct loader_section *out,
                       uint32_t max);

/** Prints both. */
void view_dump(const struct task *task);
