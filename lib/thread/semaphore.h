/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>

#include <l4/types.h>

/**
 * A counting semaphore for the threads of one task: a counter that is changed without the kernel as
 * long as nobody has to wait, and a kernel semaphore to wait at. Invariant: a negative counter says
 * how many threads wait or are about to; one that is shut down meanwhile stays counted, which costs
 * no unit, only the way round the kernel.
 */
struct semaphore {
    _Atomic long counter;
    l4_cap_t kernel;
};

/** Makes a semaphore with @count >= 0 free units. -ERR_ENOMEM: no slot or kernel memory. */
long semaphore_init(struct semaphore *s, long count);

/** Removes the semaphore; whoever waits gets an error. */
void semaphore_destroy(struct semaphore *s);

/** Takes a unit, waiting for it. Returns 0, or -ERR_EIPC_* if the semaphore was removed. */
long semaphore_down(struct semaphore *s);

/** Takes a unit if there is one: 0, else -ERR_EAGAIN; -ERR_EIPC_* if the semaphore was removed. */
long semaphore_try(struct semaphore *s);

/** Takes a unit, waiting at most @us microseconds: 0 or -ERR_EIPC_RETIMEOUT. */
long semaphore_down_timed(struct semaphore *s, uint64_t us);

/** Gives a unit; wakes one waiting thread. */
void semaphore_up(struct semaphore *s);
