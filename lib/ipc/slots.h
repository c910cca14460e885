/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * Free capability slots of this task: one table for the whole task, safe for several threads.
 * Only numbers are handed out here; nothing is done to what lies in a slot.
 */

/**
 * The table, in a file of its own so that a program can bring a smaller one: bit i of word w is set
 * while slot 64 * w + i is free. Changed by compare-and-swap only.
 */
extern uint64_t slots_table[];
extern const unsigned slots_words;

/**
 * Makes the slots [@first, @first + @count) (indices, not selectors) available. Call once at
 * start; slots outside stay untouched. @first >= 1; what the table has no room for stays out.
 */
void slots_init(unsigned first, unsigned count);

/** An empty slot, as selector; 0 if none is left. */
l4_cap_t slots_alloc(void);

/** 2^@order empty slots, aligned to their size: selector of the first; 0 if there are none. */
l4_cap_t slots_alloc_range(unsigned order);

/** Gives back one slot; the caller has emptied it (or its object is gone). 0 is ignored. */
void slots_free(l4_cap_t slot);

/** Gives back the 2^@order slots from @first, all empty. */
void slots_free_range(l4_cap_t first, unsigned order);

/** Releases the capability in @slot (other holders keep theirs), then frees the slot. */
void slots_release(l4_cap_t slot);

/** Number of slots that are still free. */
unsigned slots_left(void);
