/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs.h"

#include <stdio.h>
#include <string.h>

enum { PROGRAMS = 64 };

static struct {
    l4_cap_t provider;
    char name[PROGRAM_NAME_SIZE];
} known[PROGRAMS];
static unsigned next; /* the oldest */

bool programs_know(l4_cap_t provider, const char *name)
{
    for (unsigned i = 0; i < PROGRAMS; i++)
        if (provider && known[i].provider == provider && strcmp(known[i].name, name) == 0)
            return true;
    return false;
}

void programs_add(l4_cap_t provider, const char *name)
{
    if (programs_know(provider, name))
        return;
    known[next].provider = provider;
    snprintf(known[next].name, sizeof known[next].name, "%s", name);
    next = (next + 1) % PROGRAMS;
}
