/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <l4/types.h>

/*
 * A task for the test: it gets the memory of the test program at the same addresses, shared, and
 * runs one of the functions below on a stack of its own. World: no libc, only lib/l4sys and stubs.
 */

/** What simple_ts gives for a task, each in a slot of this program. */
struct child {
    uint32_t id;
    l4_cap_t task, factory, thread, scheduler, self, control;
};

extern l4_cap_t child_base, child_irq; /* SIMPLE_TS; triggered when a child has ended */
extern volatile uint64_t child_counter; /* what child_spin() does */

/** Finds SIMPLE_TS and makes the interrupt, which arrives with @label. 0 or an error. */
long child_connect(uint64_t label);

/** Has one made called @name, with @quota and @mcp. Result of ts_create(); fresh slots. */
long child_make(struct child *child, uint64_t quota, uint32_t mcp);

/** Gives it memory and its own gate, and starts it at @entry with @priority. */
long child_start(struct child *child, void (*entry)(void), unsigned priority);

/** Copies the capability in @from to slot @to of the task. 0 or an error. */
long child_give(const struct child *child, l4_cap_t from, l4_cap_t to);

/** Gives back all slots. */
void child_release(struct child *child);

/** Waits up to @us for the interrupt: true if it came. */
bool child_ended(uint64_t us);

/** Children: exit(3); count for ever; the latter after half a line of output and a name, CHILD. */
void child_exit_three(void);
void child_spin(void);
void child_known(void);
