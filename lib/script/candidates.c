/* SPDX-License-Identifier: BSD-2-Clause */
#include "script/script.h"

#include <string.h>

bool script_name_complete(const char *name)
{
    return *name == '(' || *name == '/';
}

void script_candidates_begin(struct script_candidates *walk, const char *path, const char *name)
{
    walk->name = name;
    walk->rest = script_name_complete(name) ? "" : path;
}

long script_candidates_next(struct script_candidates *walk, char *buffer, size_t size)
{
    if (!walk->rest)
        return 0;
    const char *directory = walk->rest;
    size_t length = strcspn(directory, ":");
    walk->rest = directory[length] ? directory + length + 1 : NULL;

    /* An empty directory is the provider's own root: the name as it is. */
    bool slash = length && directory[length - 1] != '/';
    size_t name = strlen(walk->name);
    size_t total = length + slash + name;
    if (total >= size)
        return -1;
    memcpy(buffer, directory, length);
    if (slash)
        buffer[length] = '/';
    memcpy(buffer + length + slash, walk->name, name + 1);
    return (long)total;
}
