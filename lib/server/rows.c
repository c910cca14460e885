/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "server/rows.h"

static int order(const void *a, const void *b)
{
    const struct books_row *left = a, *right = b;
    int result = strcmp(left->client, right->client);

    return result ? result : strcmp(left->kind, right->kind);
}

void books_write(FILE *to, const char *server, struct books_row *rows, unsigned count)
{
    qsort(rows, count, sizeof(*rows), order);
    for (unsigned i = 0, same; i < count; i += same) {
        struct books_row sum = rows[i];
        for (same = 1; i + same < count && order(&sum, &rows[i + same]) == 0; same++) {
            sum.count += rows[i + same].count;
            sum.cached += rows[i + same].cached;
        }
        fprintf(to, "books %s %s %s %llu %llu\n", server, sum.client, sum.kind,
                (unsigned long long)sum.count, (unsigned long long)sum.cached);
    }
}
