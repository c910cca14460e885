/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <task/infopage.h>
#include <task/layout.h>
#include <task/slots.h>

#include "ipc/ipc.h"
#include "rm/regions.h"

/*
 * The region manager thread's own data. World: everything here runs on the region manager's stack,
 * is paged by the backing pager, was mapped completely before the task ran, and touches no memory
 * of the application (the thread would wait for itself).
 */

enum {
    RM_REGIONS = 64,  /* the first table; it moves to a larger one when full */
    RM_STACK = 8192,
};

struct region_manager {
    const struct task_infopage *info;
    const struct task_table *objects;
    struct task_placement *placement;
    struct regions regions;
    struct ipc_server server;
    l4_cap_t main_gate; /* pager gate of the main thread */
    uint32_t moved;     /* objects not at their suggested address */
    uint64_t fault_ticks; /* cycles it has spent on faults */
};

/** The one region manager of the task. */
extern struct region_manager region_manager;

/**
 * Creates the region manager's thread and waits until it has placed and attached all objects
 * (paper 2.2, step 6). Called once, by the main thread. Returns 0 or the error of the failed step.
 */
long rm_start(const struct task_infopage *info);

/** Step 6, on the region manager's thread: places and attaches all objects. */
long rm_place_objects(struct region_manager *rm);

/**
 * Makes sure that two more regions fit, moving the table to a larger one if it is full. That takes
 * a free place itself: do it before looking for one.
 */
long rm_make_room(struct region_manager *rm);

/**
 * New memory for the region manager itself, mapped, *@start; a region of its own. Errors of the
 * manager.
 */
long rm_own_memory(struct region_manager *rm, uint64_t size, void **start);

/** Enters @region, moving the table to a larger one if it is full. */
long rm_insert(struct region_manager *rm, const struct region *region);

/**
 * Maps [@offset, @offset + @size) of @region's dataspace, offsets counted from the region's start.
 * Its manager is not trusted: it can put pages there only. -ERR_EIO: it answers nonsense.
 */
long rm_map(const struct region *region, uint64_t offset, uint64_t size, unsigned rights);

/**
 * The same for all of @region, a part of one that was looked up, on a thread that is not the region
 * manager's: if the region has been detached meanwhile nothing stays mapped. -ERR_ENOENT.
 */
long rm_map_aside(const struct region *region, unsigned rights);

/** Unmaps all pages of @region. */
void rm_unmap(const struct region *region);

/** Handles one page fault message (ABI 8.1): foreign handler of the threads' gates. */
long rm_fault(struct ipc_call *call);

/** Operations of idl/rm.idl for the dispatcher. */
extern const struct ipc_kind rm_thread_kind;
