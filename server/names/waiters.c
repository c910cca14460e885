/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "waiters.h"

uint64_t wait_deadline(uint64_t now_us, uint64_t timeout_us)
{
    return timeout_us >= WAIT_FOR_EVER - now_us ? WAIT_FOR_EVER : now_us + timeout_us;
}

struct waiter *waiters_add(struct waiters *waiters, const void *session)
{
    if (waiters_count(waiters, session) >= WAITERS_OF_SESSION)
        return NULL;
    for (unsigned i = 0; i < WAITERS_MAX; i++) {
        struct waiter *w = &waiters->table[i];
        if (!w->waiting) {
            *w = (struct waiter){.waiting = true, .session = session};
            return w;
        }
    }
    return NULL;
}

static bool matches(const struct waiter *w, const struct wanted *wanted)
{
    return w->waiting && (!wanted->name || strcmp(w->name, wanted->name) == 0)
           && (!wanted->session || w->session == wanted->session)
           && (!wanted->until_us || w->deadline_us <= wanted->until_us);
}

struct waiter *waiters_find(struct waiters *waiters, const struct wanted *wanted)
{
    for (unsigned i = 0; i < WAITERS_MAX; i++)
        if (matches(&waiters->table[i], wanted))
            return &waiters->table[i];
    return NULL;
}

uint64_t waiters_deadline(const struct waiters *waiters)
{
    uint64_t earliest = WAIT_FOR_EVER;

    for (unsigned i = 0; i < WAITERS_MAX; i++) {
        const struct waiter *w = &waiters->table[i];
        if (w->waiting && w->deadline_us < earliest)
            earliest = w->deadline_us;
    }
    return earliest == WAIT_FOR_EVER ? 0 : earliest;
}

unsigned waiters_count(const struct waiters *waiters, const void *session)
{
    unsigned count = 0;

    for (unsigned i = 0; i < WAITERS_MAX; i++) {
        const struct waiter *w = &waiters->table[i];
        count += w->waiting && (!session || w->session == session);
    }
    return count;
}
