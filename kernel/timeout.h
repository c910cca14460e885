/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/timeout.h>

#include "list.h"

struct thread;

/** A running time-out: on the list sorted by deadline. Not running: node is empty. */
struct timeout {
    struct list node;
    uint64_t deadline; /* us of the kernel clock */
};

/** Starts the time-out of @t. False if @timeout is zero or already over: then nothing runs. */
bool timeout_start(struct thread *t, l4_timeout_t timeout);

static inline void timeout_stop(struct timeout *timeout)
{
    if (!list_empty(&timeout->node))
        list_remove(&timeout->node);
}

/** Ends the waiting of all threads whose deadline is before @now. */
void timeout_tick(uint64_t now);
