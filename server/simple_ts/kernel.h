/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <l4/types.h>

/*
 * What the task server asks of the kernel. kernel.c does it; the unit test brings its own kernel,
 * which counts and can fail. All results: 0 or a negative error of the kernel.
 */

/** An empty capability slot, 0 if none is left; and back again, emptied by the caller. */
l4_cap_t kernel_slot(void);
void kernel_slot_free(l4_cap_t slot);

/** A factory with @quota bytes of kernel memory, taken from our own, in slot @target. */
long kernel_factory(l4_cap_t target, uint64_t quota);

/** A task from @factory, with kernel-user memory at TASK_UTCBS. */
long kernel_task(l4_cap_t factory, l4_cap_t target);

/** A thread from @factory. */
long kernel_thread(l4_cap_t factory, l4_cap_t target);

/**
 * Binds @thread to @task with the first UTCB. Pager and exception handler are the customary slots,
 * so that it cannot run without them, whatever its maker forgets (design rule 14).
 */
long kernel_bind(l4_cap_t thread, l4_cap_t task);

/** What the kernel debugger shows for @task and @thread. */
void kernel_name(l4_cap_t task, l4_cap_t thread, const char *name);

/** Deletes the object in @slot for everybody; an empty slot is fine. */
void kernel_delete(l4_cap_t slot);

/** Gives back the capability in @slot, and the slot. 0 is fine. */
void kernel_release(l4_cap_t slot);

/**
 * Triggers @irq. It came from a client and may be anything: a message that is not taken at once
 * is not sent.
 */
void kernel_trigger(l4_cap_t irq);
