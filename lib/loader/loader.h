/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <task/infopage.h>

/*
 * The start-up library libloader.so as seen by libc.so and programs; its other parts are
 * rm/region.h, thread/thread.h and thread/semaphore.h.
 */

/** The infopage of this task. */
const struct task_infopage *task_info(void);

/** What exec wrote about the objects of this task. */
const struct task_table *task_objects(void);

/** Where object @i really is: add offsets to it. */
uint64_t task_object_base(uint32_t i);

/** The address of @place, or null if it is absent. */
void *task_place_address(const struct task_place *place);

/** Fills @argv, which has room for task_info()->argc + 1 pointers; the last is null. */
void task_arguments(char **argv);

/** Writes to the task's log session; lines appear when complete. */
void task_write(const char *text, size_t size);

/**
 * Waits for input from the console: bytes of the next line, up to @size, its end included. Half a
 * line that the task has written is its prompt. 0: end of input; negative: the task has no input.
 */
long task_read(char *text, size_t size);

/** Microseconds of the kernel clock. */
uint64_t task_clock_us(void);

/** An empty capability slot of this task, 0 if none is left. */
l4_cap_t task_slot(void);

/** Gives back @slot and the capability in it, if there is one. */
void task_slot_release(l4_cap_t slot);

/** Ends the task with @code; whoever opened it is told. */
_Noreturn void task_exit(int code);
