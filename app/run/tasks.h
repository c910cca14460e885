/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <l4/types.h>

/* Tasks by number: the controls we hold (idl/loader_control.idl). */

/** Where tasks are started: LOADER; ends the program if there is none. */
l4_cap_t tasks_loader(void);

/**
 * Opens @name with @args and @flags (LOADER_*), waits until its tasks are started, keeps their
 * controls. What goes wrong is printed. The number of the last one goes to *@id.
 */
long tasks_open(const char *name, const char *args, uint32_t flags, uint32_t *id);

/** Control of task @id, ours or by right of allow_kill; 0, and a line that says why. */
l4_cap_t tasks_control(uint32_t id);

/** Gives the control of task @id back, if we hold it. */
void tasks_forget(uint32_t id);

/** Whether a task in @state (LOADER_STATE_*) has ended. */
bool tasks_ended(uint32_t state);

/** Gives back the controls of all tasks that have ended. */
void tasks_tidy(void);

/** The number in @text; "last" is the task started last. */
uint32_t tasks_number(const char *text);
