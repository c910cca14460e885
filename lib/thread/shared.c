/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/shared.h"

#include "l4sys/irq.h"
#include "loader/export.h"

/** Takes back or uses up one announcement of party @i; false if there is none. */
static bool unannounce(struct shared_semaphore *s, unsigned i)
{
    uint32_t announced = atomic_load(&s->shared->announced[i]);

    while (announced > 0)
        if (atomic_compare_exchange_weak(&s->shared->announced[i], &announced, announced - 1))
            return true;
    return false;
}

/**
 * Wakes one who waits; that it has not reached its semaphore yet does not matter. One pass finds
 * it: who comes and goes behind us has others to wake it. A party that has died is passed by; if
 * there is nobody else, it was the one that was counted.
 */
static void wake(struct shared_semaphore *s)
{
    for (unsigned i = 0; i < SHARED_PARTIES; i++)
        while (s->kernel[i] && unannounce(s, i))
            if (l4_semaphore_up(s->kernel[i]) >= 0)
                return;
}

/*
 * Announced before it is counted: whoever finds it counted need not wait until it says where it is,
 * which would be for ever if it died in between.
 */
EXPORT long shared_down(struct shared_semaphore *s)
{
    atomic_fetch_add(&s->shared->announced[s->me], 1);
    bool free = atomic_fetch_sub(&s->shared->counter, 1) > 0;
    if (free && unannounce(s, s->me))
        return 0;
    long error = l4_semaphore_down(s->kernel[s->me], L4_TIMEOUT_NEVER);
    if (free) /* an "up" has taken us for one who waits: what it gave is another's */
        wake(s);
    return error;
}

EXPORT void shared_up(struct shared_semaphore *s)
{
    if (atomic_fetch_add(&s->shared->counter, 1) < 0)
        wake(s);
}
