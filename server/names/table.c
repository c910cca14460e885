/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <string.h>
#include <l4/error.h>
#include "table.h"

void table_init(struct table *table, struct entry *entries, uint16_t *sorted, unsigned max)
{
    *table = (struct table){entries, sorted, 0, max};
    for (unsigned i = 0; i < max; i++)
        sorted[i] = (uint16_t)i;
}

bool name_valid(const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f)
            return false;
    return length > 0 && length <= NAME_MAX_LENGTH;
}

struct entry *table_at(const struct table *table, unsigned index)
{
    assert(index < table->count);
    return &table->entries[table->sorted[index]];
}

/* Position of @name, or where it belongs; *@found says which. */
static unsigned position(const struct table *table, const char *name, bool *found)
{
    unsigned low = 0, high = table->count;

    *found = false;
    while (low < high && !*found) {
        unsigned middle = low + (high - low) / 2;
        int order = strcmp(name, table_at(table, middle)->name);
        if (order == 0) {
            *found = true;
            low = middle;
        } else if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

struct entry *table_find(const struct table *table, const char *name)
{
    bool found;
    unsigned at = position(table, name, &found);

    return found ? table_at(table, at) : NULL;
}

long table_add(struct table *table, const struct entry *new)
{
    bool found;
    unsigned at;
    uint16_t free;

    if (!name_valid(new->name))
        return -L4_EINVAL;
    at = position(table, new->name, &found);
    if (found)
        return -L4_EEXIST;
    if (table->count == table->max)
        return -L4_ENOSPC;
    free = table->sorted[table->count];
    memmove(&table->sorted[at + 1], &table->sorted[at], (table->count - at) * sizeof(free));
    table->sorted[at] = free;
    table->entries[free] = *new;
    table->count++;
    return 0;
}

void table_remove(struct table *table, struct entry *entry)
{
    bool found;
    unsigned at = position(table, entry->name, &found);
    uint16_t index = table->sorted[at];

    assert(found && &table->entries[index] == entry);
    table->count--;
    memmove(&table->sorted[at], &table->sorted[at + 1], (table->count - at) * sizeof(index));
    table->sorted[table->count] = index;
}
