/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/shared.h"

#include "l4sys/irq.h"
#include "loader/export.h"

EXPORT long shared_down(struct shared_semaphore *s)
{
    if (atomic_fetch_sub(&s->shared->counter, 1) > 0)
        return 0;
    atomic_fetch_add(&s->shared->waiting[s->me], 1);
    return l4_semaphore_down(s->kernel[s->me], L4_TIMEOUT_NEVER);
}

/** Wakes one of party @i's, if one waits; that it has not reached its semaphore yet does not matter. */
static bool wake(struct shared_semaphore *s, unsigned i)
{
    uint32_t waiting = atomic_load(&s->shared->waiting[i]);

    while (waiting > 0)
        if (atomic_compare_exchange_weak(&s->shared->waiting[i], &waiting, waiting - 1)) {
            l4_semaphore_up(s->kernel[i]);
            return true;
        }
    return false;
}

EXPORT void shared_up(struct shared_semaphore *s)
{
    if (atomic_fetch_add(&s->shared->counter, 1) >= 0)
        return;
    for (;;) {
        for (unsigned i = 0; i < SHARED_PARTIES; i++)
            if (s->kernel[i] && wake(s, i))
                return;
        l4_sleep_us(100); /* who is to get it has counted itself, but not said whose it is */
    }
}
