/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "thread/semaphore.h"
#include "thread/thread.h"

/** A recursive lock with an owner, on a semaphore. */
struct lock {
    struct semaphore semaphore;
    struct thread *_Atomic owner; /* null: free */
    unsigned depth;               /* the owner's: how often it has taken it */
};

/** Makes a free lock. -ERR_ENOMEM: no slot or kernel memory. */
long lock_init(struct lock *lock);

/** Removes @lock. -ERR_EBUSY: a thread holds it; nothing is done. */
long lock_destroy(struct lock *lock);

/** Takes @lock, waiting for it; its owner takes it again. Must be released as often as taken. */
long lock_take(struct lock *lock);

/** Takes @lock if that is possible at once: 0, else -ERR_EAGAIN. */
long lock_try(struct lock *lock);

/** Releases @lock once. -ERR_EPERM: the caller does not own it; nothing is done. */
long lock_release(struct lock *lock);

/** Who owns @lock; null: nobody. */
struct thread *lock_owner(const struct lock *lock);
