/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include "transfers.h"

struct transfer *transfers_add(struct transfers *transfers)
{
    struct transfer *t;

    if (transfers->count == TRANSFERS_MAX)
        return NULL;
    t = &transfers->ring[(transfers->first + transfers->count++) % TRANSFERS_MAX];
    *t = (struct transfer){.file = NULL};
    return t;
}

void transfers_cancel(struct transfers *transfers)
{
    assert(transfers->count > 0);
    transfers->count--;
}

struct transfer *transfers_first(struct transfers *transfers)
{
    return transfers->count > 0 ? &transfers->ring[transfers->first] : NULL;
}

void transfers_next(struct transfers *transfers)
{
    assert(transfers->count > 0);
    transfers->first = (transfers->first + 1) % TRANSFERS_MAX;
    transfers->count--;
}
