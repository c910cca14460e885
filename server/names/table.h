/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <l4/types.h>

/* Who is called what: a table of entries in alphabetical order, each name once. */

#define NAME_MAX_LENGTH 32

/** One registered name. @slot holds a weak copy of the service's capability. */
struct entry {
    char name[NAME_MAX_LENGTH + 1];
    char owner[NAME_MAX_LENGTH + 1]; /* tag of the session that made it */
    const void *session;             /* that session; null for the entries of names itself */
    l4_cap_t slot;
};

/** Invariant: sorted[0 .. count) are the entries in use, in order; the rest the free ones. */
struct table {
    struct entry *entries;
    uint16_t *sorted;
    unsigned count, max;
};

/** An empty table over @max entries (at most 65536) at @entries and @sorted. */
void table_init(struct table *table, struct entry *entries, uint16_t *sorted, unsigned max);

/**
 * True if @name may be a name: 1 to 32 characters, none of them a blank or a control character
 * (names appear in lists that are read by people and by tests).
 */
bool name_valid(const char *name);

/** The entry called @name, or null. */
struct entry *table_find(const struct table *table, const char *name);

/** The entry at position @index in alphabetical order, @index < count. */
struct entry *table_at(const struct table *table, unsigned index);

/** Enters a copy of @new. -L4_EINVAL bad name, -L4_EEXIST name taken, -L4_ENOSPC table full. */
long table_add(struct table *table, const struct entry *new);

/** Removes @entry, which is in the table. Its slot is the caller's business. */
void table_remove(struct table *table, struct entry *entry);
