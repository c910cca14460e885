/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"
#include "table.h"

/* Who waits for a name: callers that are answered when it appears or when their time is over. */

#define WAITERS_MAX         128
#define WAITERS_OF_SESSION  16 /* so that no client can take all places */

/** One waiting caller. Entry is free while @waiting is false. */
struct waiter {
    bool waiting;
    const void *session;
    char name[NAME_MAX_LENGTH + 1];
    uint64_t deadline_us; /* KIP clock; WAIT_FOR_EVER */
    struct ipc_later later;
};

#define WAIT_FOR_EVER (~0ull)

struct waiters {
    struct waiter table[WAITERS_MAX];
};

/** The time @timeout_us from @now_us, WAIT_FOR_EVER if that is never. */
uint64_t wait_deadline(uint64_t now_us, uint64_t timeout_us);

/** A free entry for @session; null: too many wait, of this session or in all. Fill it in. */
struct waiter *waiters_add(struct waiters *waiters, const void *session);

/** What a waiter must match; null: any. */
struct wanted {
    const char *name;
    const void *session;
    uint64_t until_us; /* deadline not after this; 0: any */
};

/** Some waiter that matches @wanted, or null. */
struct waiter *waiters_find(struct waiters *waiters, const struct wanted *wanted);

/** The earliest deadline, 0 if there is none. */
uint64_t waiters_deadline(const struct waiters *waiters);

/** How many wait for @session (null: all). */
unsigned waiters_count(const struct waiters *waiters, const void *session);
