/* SPDX-License-Identifier: BSD-2-Clause */
#include "books.h"

#include "cache.h"
#include "client.h"
#include "open.h"
#include "server/rows.h"

/** One word of what a program is called. */
static void copy_word(char *to, size_t size, const char *name)
{
    size_t i = 0;

    for (; i + 1 < size && name[i]; i++)
        to[i] = name[i] > ' ' && name[i] <= '~' ? name[i] : '.';
    to[i] = 0;
}

void books_print_own(FILE *to)
{
    static struct books_row rows[CLIENTS + 3];
    static char names[CLIENTS][33];
    unsigned count = 0;
    struct cache_usage usage = cache_usage();

    for (const struct client *c = client_next(NULL); c; c = client_next(c)) {
        copy_word(names[count], sizeof names[count], c->set->objects[0]->name);
        rows[count] = (struct books_row){names[count], "task", 1, 0};
        count++;
    }
    rows[count++] = (struct books_row){"exec", "object", usage.objects, usage.cached_objects};
    rows[count++] = (struct books_row){"exec", "opening", open_count(), 0};
    rows[count++] = (struct books_row){"exec", "set", usage.sets, usage.cached_sets};
    books_write(to, "exec", rows, count);
}
