/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/utcb.h>
#include <task/layout.h>

/** As many as there is room for up to the main thread's stack. */
#define UTCBS_MAX ((TASK_STACK_TOP - TASK_STACK_MAX - TASK_UTCBS) / L4_UTCB_SIZE)

/** Makes the UTCBs in [@start, @start + @size) available; the first is the main thread's. */
void utcbs_init(uint64_t start, uint64_t size);

/**
 * A free UTCB with its free marker set, from new kernel-user memory if need be. Null: there is no
 * room or no kernel memory. Any thread.
 */
struct l4_utcb *utcbs_alloc(void);

/** Gives back a UTCB that no thread is bound to any more. */
void utcbs_free(struct l4_utcb *utcb);
