/* SPDX-License-Identifier: BSD-2-Clause */
#include "keep.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "errors/errors.h"

static struct entry {
    char name[KEEP_NAME_MAX + 1]; /* empty: not in use */
    uint64_t version, until_us;
    bool missing;
} entries[KEEP_NAMES];

static uint64_t keep_us, last_version;

void keep_init(uint64_t us)
{
    keep_us = us;
    memset(entries, 0, sizeof entries);
}

/* The entry of @name, or null; *@oldest: the one to be given up for another name. */
static struct entry *find(const char *name, struct entry **oldest)
{
    *oldest = &entries[0];
    for (unsigned i = 0; i < KEEP_NAMES; i++) {
        if (entries[i].name[0] && strcmp(entries[i].name, name) == 0)
            return &entries[i];
        if (entries[i].until_us < (*oldest)->until_us)
            *oldest = &entries[i];
    }
    return NULL;
}

long keep_version(const char *name, uint64_t now_us, uint64_t *version)
{
    struct entry *oldest, *entry = find(name, &oldest);

    if (keep_us == 0 || !name[0] || strlen(name) > KEEP_NAME_MAX)
        return -ERR_ENOSYS;
    if (!entry || now_us >= entry->until_us) {
        entry = entry ? entry : oldest;
        strcpy(entry->name, name);
        entry->version = ++last_version;
        entry->until_us = now_us + keep_us;
        entry->missing = false;
    }
    *version = entry->version;
    return entry->missing ? -ERR_ENOFILE : 0;
}

void keep_missing(const char *name)
{
    struct entry *oldest, *entry = find(name, &oldest);

    if (entry)
        entry->missing = true;
}
