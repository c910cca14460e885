/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "task.h"

/** Prints one line to the loader's log session, from any thread; at most 400 bytes. */
__attribute__((format(printf, 1, 2))) void report_line(const char *format, ...);

/** Prints why @task is ended: what it did, address, instruction, each with library and offset. */
void report_fault(const struct task *task);

/** Prints how @task has ended. */
void report_end(const struct task *task);

/** The closing table: per task its shared and private pages. */
void report_table(void);
