/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/utcbs.h"

#include <stdatomic.h>

#define UTCBS_MAX 64

static struct l4_utcb *first;
static unsigned count;
static _Atomic uint64_t used; /* bit i: UTCB i is taken */

void utcbs_init(uint64_t start, uint64_t size)
{
    first = (struct l4_utcb *)start;
    count = (unsigned)(size / L4_UTCB_SIZE);
    if (count > UTCBS_MAX)
        count = UTCBS_MAX;
    first->free_marker = 1;
    used = 1;
}

struct l4_utcb *utcbs_alloc(void)
{
    for (unsigned i = 0; i < count; i++) {
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
