/* SPDX-License-Identifier: BSD-2-Clause */
#include "kfuzz.h"

uint64_t dice_word(struct dice *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return d->state * 0x2545f4914f6cdd1dull;
}

uint64_t dice_below(struct dice *d, uint64_t n)
{
    return (dice_word(d) >> 20) % n;
}

bool dice_rarely(struct dice *d, unsigned n)
{
    return dice_below(d, n) == 0;
}
