/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "rm/manager.h"

/*
 * Faults in regions whose manager is not the task's own and may take its time (row R11): the region
 * manager keeps the caller in a reply slot and has a helper thread call the manager, so that other
 * threads' faults are served meanwhile. Helpers, their stacks and the table come with the first
 * such fault. All functions are the region manager's thread's.
 */

enum {
    RM_SLOW_FAULTS = 32, /* at a time; further ones are sent back and fault again */
    RM_SLOW_HELPERS = 3, /* so many managers may hang until the others' faults wait, too */
};

/** Pages of a region: @size bytes at @offset from its start, with @rights (L4_FPAGE_*). */
struct rm_pages {
    const struct region *region;
    uint64_t offset, size;
    unsigned rights;
};

/**
 * The main thread, before the region manager runs: what it could not get without waiting for
 * others.
 */
void rm_slow_prepare(void);

/** True if @dataspace is not of the task's own manager. It is that one that is asked. */
bool rm_slow_is(l4_cap_t dataspace);

/**
 * A fault is resolved by @pages: IPC_LATER, or 0 fault again; -ERR_ENOMEM: there can be no helper.
 */
long rm_slow_fault(struct ipc_call *call, const struct rm_pages *pages);

/** @region is no more, nothing will be mapped there: those who wait for its pages fault again. */
void rm_slow_forget(const struct region *region);
