/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread.h"
#include "timeout.h"
#include "x86_64/timer.h"

static struct list running = {&running, &running};

enum { ABSOLUTE = 0x8000, BR_MASK = 0x3f };

/* True if @timeout ends at *@deadline; false if it is over already. Not for "never". */
static bool decode(struct thread *t, l4_timeout_t timeout, uint64_t *deadline)
{
    uint64_t now = timer_now();
    if (timeout & ABSOLUTE) {
        unsigned br = timeout & BR_MASK;
        *deadline = t->utcb->br[br < L4_UTCB_BR ? br : L4_UTCB_BR - 1];
        return *deadline > now;
    }
    uint64_t mantissa = timeout & 0x3ff;
    *deadline = now + (mantissa << ((timeout >> 10) & 0x1f));
    return mantissa != 0;
}

bool timeout_start(struct thread *t, l4_timeout_t timeout)
{
    if (timeout == L4_TIMEOUT_NEVER)
        return true;
    if (timeout == L4_TIMEOUT_ZERO || !decode(t, timeout, &t->timeout.deadline))
        return false;
    struct timeout *later;
    list_for_each(later, &running, node)
        if (later->deadline > t->timeout.deadline)
            break;
    list_insert(&later->node, &t->timeout.node);
    return true;
}

void timeout_tick(uint64_t now)
{
    while (!list_empty(&running)) {
        struct timeout *first = list_first(&running, struct timeout, node);
        if (first->deadline > now)
            return;
        list_remove(&first->node);
        ipc_expired(container_of(first, struct thread, timeout));
    }
}
