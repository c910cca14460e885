/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/utcbs.h"

#include <stdatomic.h>

#include <task/slots.h>

#include "l4sys/task.h"
#include "thread/self.h"

enum { GROW_ORDER = 14, GROW = (1 << GROW_ORDER) / L4_UTCB_SIZE, WORDS = UTCBS_MAX / 64 };

static struct l4_utcb *first;
static _Atomic unsigned count;
static _Atomic uint64_t used[WORDS]; /* bit i of word w: UTCB 64 * w + i is taken */

void utcbs_init(uint64_t start, uint64_t size)
{
    first = (struct l4_utcb *)start;
    count = size < UTCBS_MAX * L4_UTCB_SIZE ? (unsigned)(size / L4_UTCB_SIZE) : UTCBS_MAX;
    first->free_marker = 1;
    used[0] = 1;
}

/** One of the first @known UTCBs, or null. */
static struct l4_utcb *take(unsigned known)
{
    for (unsigned i = 0; i < known; i++) {
        uint64_t word = atomic_load(&used[i / 64]), bit = 1ull << i % 64;
        if (word == ~0ull)
            i |= 63;
        else if (!(word & bit) && !(atomic_fetch_or(&used[i / 64], bit) & bit)) {
            first[i].free_marker = 1;
            return &first[i];
        }
    }
    return NULL;
}

/** Gets more kernel-user memory behind the @known UTCBs, unless another thread has. */
static bool grow(unsigned known)
{
    thread_list_lock();
    bool more = count > known;
    l4_fpage_t behind = l4_fpage_mem((uint64_t)(first + known), GROW_ORDER, L4_FPAGE_RW);
    if (!more && known + GROW <= UTCBS_MAX && l4_task_add_ku_mem(TASK_CAP_TASK, behind) >= 0) {
        count = known + GROW;
        more = true;
    }
    thread_list_unlock();
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
    unsigned i = (unsigned)(utcb - first);

    atomic_fetch_and(&used[i / 64], ~(1ull << i % 64));
}
