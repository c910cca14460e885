/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

enum { RANGES = 64 };

/* Entries [0, used). */
static struct range {
    unsigned start, end, owner;
} ranges[RANGES];
static unsigned used;

bool ports_take(unsigned port, unsigned order, unsigned owner)
{
    struct range want = {port, port + (1u << order), owner};

    for (unsigned i = 0; i < used; i++) {
        const struct range *r = &ranges[i];
        if (r->owner != owner && r->start < want.end && want.start < r->end)
            return false;
        if (r->owner == owner && r->start <= want.start && want.end <= r->end)
            return true;
    }
    if (used == RANGES)
        return false;
    ranges[used++] = want;
    return true;
}

unsigned ports_of(unsigned owner)
{
    unsigned count = 0;

    for (unsigned i = 0; i < used; i++)
        count += ranges[i].owner == owner ? ranges[i].end - ranges[i].start : 0;
    return count;
}

void ports_give_all(unsigned owner)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < used; i++)
        if (ranges[i].owner != owner)
            ranges[kept++] = ranges[i];
    used = kept;
}
