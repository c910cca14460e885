/* SPDX-License-Identifier: BSD-2-Clause */
/* Which known word did a misspelled one mean? */
#include "script/parser.h"

#include <string.h>

enum { WORD_MAX = 24 }; /* longer words get no help */

static unsigned min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Insertions, removals, replacements and swaps of neighbours that turn @a into @b. */
static unsigned distance(const char *a, size_t a_length, const char *b)
{
    unsigned char cost[WORD_MAX + 1][WORD_MAX + 1];
    size_t b_length = strlen(b);

    for (size_t i = 0; i <= a_length; i++)
        cost[i][0] = (unsigned char)i;
    for (size_t j = 0; j <= b_length; j++)
        cost[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= a_length; i++) {
        for (size_t j = 1; j <= b_length; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            unsigned best = min(cost[i - 1][j], cost[i][j - 1]) + 1u;
            best = min(best, cost[i - 1][j - 1] + (same ? 0u : 1u));
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2])
                && lower(a[i - 2]) == lower(b[j - 1]))
                best = min(best, cost[i - 2][j - 2] + 1u);
            cost[i][j] = (unsigned char)best;
        }
    }
    return cost[a_length][b_length];
}

void nearest_init(struct nearest *nearest, const char *word, size_t length)
{
    unsigned limit = (unsigned)(length < 6 ? 1 : length < 9 ? 2 : 3);
    *nearest = (struct nearest){ .word = word, .length = length, .distance = limit + 1 };
}

/* Remember @candidate if it is nearer than all before. */
void nearest_offer(struct nearest *nearest, const char *candidate)
{
    if (nearest->length > WORD_MAX || strlen(candidate) > WORD_MAX)
        return;
    unsigned d = distance(nearest->word, nearest->length, candidate);
    if (d < nearest->distance) {
        nearest->distance = d;
        nearest->best = candidate;
    }
}
