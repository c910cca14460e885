/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "page_dir.h"

struct thread;

/**
 * Where a called thread finds its caller. Invariant: slot.caller == t exactly if
 * t->ipc.held_in == slot; then t is in a closed wait, and no other slot holds it.
 */
struct reply_slot {
    struct thread *caller; /* NULL: empty */
    uint64_t rights;       /* W and S with which the call arrived */
};

#define REPLY_SLOTS_PER_PAGE (PAGE_SIZE / sizeof(struct reply_slot))

/** The explicit slots of a task, shared by its threads (ABI 2.4). */
struct reply_table {
    struct page_dir dirs[2]; /* 0x40000 slots do not fit into one directory */
};

/** Slot @index, allocated on demand if @allocate; NULL: out of range or no memory. */
struct reply_slot *reply_lookup(struct reply_table *table, uint64_t index, bool allocate);

/** Clears all slots and frees them; pauses (work.h). */
void reply_table_clear(struct reply_table *table);
