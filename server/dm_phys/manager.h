/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "session.h"
#include "tree.h"
#include "windows.h"

/**
 * What the manager asks of the kernel, about its own address space (space.c; unit tests bring
 * their own). Orders are log2 of bytes.
 */
struct manager_kernel {
    /* Maps 2^@order bytes of physical memory at @window; same frame there already: no change. */
    long (*map)(void *data, window_t window, paddr_t physical, unsigned order);
    /* Takes the W right from everybody who got it through the window. */
    void (*downgrade)(void *data, window_t window, unsigned order);
    /* Empties the window, for clients and for us. */
    void (*unmap)(void *data, window_t window, unsigned order);
};

/** The dataspace manager without its messages. */
struct manager {
    struct store store;
    struct pool dataspaces;
    struct pool sessions;
    struct session *open;   /* whose gate lives, by name */
    struct session *closed; /* gate gone, but frames or dataspaces left, by name */
    struct frame *zero;     /* what holes show */
    struct windows windows;
    struct manager_kernel kernel;
    void *kernel_data;
};

/** Sets up; manager->store.frames is ready and kernel filled in. -L4_ENOMEM. */
long manager_init(struct manager *manager);

/** What the manager needs for itself from now on, it needs for @session (null: for nobody). */
static inline void manager_act_for(struct manager *manager, const struct session *session)
{
    manager->store.frames.acting = session ? &session->account : NULL;
}

/** Asserts the invariants of all parts; for tests. */
void manager_check(struct manager *manager);
