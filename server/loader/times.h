/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <task/infopage.h>

/*
 * What a start takes (row X26), in cycles of the time stamp counter, and the events behind it.
 * Measured only with the loader's option --times, printed when the task has ended and everything is
 * given back. A start begins when its script is parsed and ends at the call before main().
 */

struct task;

/** Everything that is counted, at one moment. */
struct times_point {
    uint64_t cycles;
    uint64_t idle, entries, switches, faults, kernel_cleared; /* the kernel's counters */
    uint64_t cleared, copied;                           /* pages, DM_PHYS */
};

struct times {
    struct times_point begin, main;
    uint64_t parts[TASK_TICKS]; /* exec's */
    uint64_t fault_ticks;       /* the region manager's */
};

/** --times was given. */
extern bool times_wanted;

void times_begin(struct task *task);

/** @task calls main() next; its infopage is mapped. */
void times_main(struct task *task, uint64_t fault_ticks);

/** Nothing is left of it: prints. */
void times_end(struct task *task);
