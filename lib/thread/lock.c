/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/lock.h"

#include "errors/errors.h"
#include "loader/export.h"

EXPORT long lock_init(struct lock *lock)
{
    lock->depth = 0;
    atomic_store(&lock->owner, NULL);
    return semaphore_init(&lock->semaphore, 1);
}

EXPORT long lock_destroy(struct lock *lock)
{
    if (atomic_load(&lock->owner))
        return -ERR_EBUSY;
    semaphore_destroy(&lock->semaphore);
    return 0;
}

/* Only the caller itself can make itself the owner: no other thread changes that answer. */
static bool is_mine(struct lock *lock)
{
    return atomic_load(&lock->owner) == thread_self();
}

static long own(struct lock *lock, long error)
{
    if (error)
        return error;
    lock->depth = 1;
    atomic_store(&lock->owner, thread_self());
    return 0;
}

EXPORT long lock_take(struct lock *lock)
{
    if (!is_mine(lock))
        return own(lock, semaphore_down(&lock->semaphore));
    lock->depth++;
    return 0;
}

EXPORT long lock_try(struct lock *lock)
{
    if (!is_mine(lock))
        return own(lock, semaphore_try(&lock->semaphore));
    lock->depth++;
    return 0;
}

EXPORT long lock_release(struct lock *lock)
{
    if (!is_mine(lock))
        return -ERR_EPERM;
    if (--lock->depth == 0) {
        atomic_store(&lock->owner, NULL);
        semaphore_up(&lock->semaphore);
    }
    return 0;
}

EXPORT struct thread *lock_owner(const struct lock *lock)
{
    return atomic_load(&lock->owner);
}
