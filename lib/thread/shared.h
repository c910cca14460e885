/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include <l4/types.h>

/*
 * A semaphore between tasks. The S right, which waiting at a kernel semaphore needs, is not passed
 * between tasks; so each party waits at one of its own and gives the others the right to raise it.
 * Parties trust each other: they share the memory. One that dies while it waits takes a unit along.
 */

enum { SHARED_PARTIES = 8 };

/**
 * The part in shared memory. All zero: no unit is free. Invariant: whoever is counted as waiting
 * and has not been woken is announced.
 */
struct shared_counter {
    _Atomic long counter;                       /* negative: so many wait or are about to */
    _Atomic uint32_t announced[SHARED_PARTIES]; /* those an "up" of the party's semaphore reaches */
};

/** One party's view. */
struct shared_semaphore {
    struct shared_counter *shared;
    unsigned me;
    /* each party's kernel semaphore: own with S, others with W, of all that ever wait; else 0 */
    l4_cap_t kernel[SHARED_PARTIES];
};

/** Takes a unit, waiting for it: 0, or -ERR_EIPC_*. */
long shared_down(struct shared_semaphore *s);

/** Gives a unit, waking one who waits, in whatever task. */
void shared_up(struct shared_semaphore *s);
