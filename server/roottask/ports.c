/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

enum { RANGES = 64 };

/* Entries [0, used). Those of one owner neither overlap nor touch. */
static struct range {
    unsigned start, end, owner;
} ranges[RANGES];
static unsigned used;

static unsigned ranges_of(unsigned owner)
{
    unsigned count = 0;

    for (unsigned i = 0; i < used; i++)
        count += ranges[i].owner == owner;
    return count;
}

/* Takes out what of @want->owner overlaps or touches @want, which becomes all of it. */
static void absorb(struct range *want)
{
    for (unsigned i = 0; i < used;) {
        const struct range *r = &ranges[i];
        if (r->owner != want->owner || want->end < r->start || r->end < want->start) {
            i++;
            continue;
        }
        want->start = r->start < want->start ? r->start : want->start;
        want->end = r->end > want->end ? r->end : want->end;
        ranges[i] = ranges[--used];
        i = 0; /* it may touch others now */
    }
}

bool ports_take(unsigned port, unsigned order, unsigned owner)
{
    struct range want = {port, port + (1u << order), owner};

    for (unsigned i = 0; i < used; i++)
        if (ranges[i].owner != owner && ranges[i].start < want.end && want.start < ranges[i].end)
            return false;
    unsigned before = used;
    absorb(&want);
    if (used == before && (used == RANGES || ranges_of(owner) == PORTS_PIECES))
        return false; /* nothing was absorbed: it would be one more */
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
