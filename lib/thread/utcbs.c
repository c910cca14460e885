/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/utcbs.h"

#include <stdatomic.h>

#include <task/slots.h>

#include "l4sys/task.h"

enum { GROW_ORDER = 14, GROW = (1 << GROW_ORDER) / L4_UTCB_SIZE };

static struct l4_utcb *first;
static _Atomic unsigned count;
static _Atomic uint64_t used; /* bit i: UTCB i is taken */
static atomic_flag growing = ATOMIC_FLAG_INIT;

void utcbs_init(uint64_t start, uint64_t size)
{
    first = (struct l4_utcb *)start;
    count = size < UTCBS_MAX * L4_UTCB_SIZE ? (unsigned)(size / L4_UTCB_SIZE) : UTCBS_MAX;
    first->free_marker = 1;
    used = 1;
}

/** One of the first @known UTCBs, or null. */
static struct l4_utcb *take(unsigned known)
{
    for (unsigned i = 0; i < known; i++) {
        uint64_t bit = 1ull << i;
        if (atomic_load(&used) & bit)
            continue;
        if (!(atomic_fetch_or(&used, bit) & bit)) {
            first[i].free_marker = 1;
            return &first[i];
        }
    }
    return NULL;
}

/** Gets more kernel-user memory behind the @known UTCBs, unless another thread has. */
static bool grow(unsigned known)
{
    while (atomic_flag_test_and_set(&growing))
        l4_sleep_us(1000);
    bool more = count > known;
    l4_fpage_t behind = l4_fpage_mem((uint64_t)(first + known), GROW_ORDER, L4_FPAGE_RW);
    if (!more && known + GROW <= UTCBS_MAX && l4_task_add_ku_mem(TASK_CAP_TASK, behind) >= 0) {
        count = known + GROW;
        more = true;
    }
    atomic_flag_clear(&growing);
    return more;
}

struct l4_utcb *utcbs_alloc(void)
{
    for (;;) {
        unsigned known = count;
        struct l4_utcb *utcb = take(known);
        if (utcb || !grow(known))
            return utcb;
    }
}

void utcbs_free(struct l4_utcb *utcb)
{
    atomic_fetch_and(&used, ~(1ull << (utcb - first)));
}

void utcbs_free_dead(void)
{
    for (unsigned i = 0; i < count; i++)
        if ((atomic_load(&used) & 1ull << i) && first[i].free_marker == 0)
            atomic_fetch_and(&used, ~(1ull << i));
}
