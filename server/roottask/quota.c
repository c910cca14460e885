/* SPDX-License-Identifier: BSD-2-Clause */
#include "quota.h"

#include <string.h>

/*
 * dm_phys: a mapping costs the kernel 1 % of what is mapped, its own and, at simple_ts, its
 * clients'. simple_ts divides its share among all tasks. Priorities follow the ranks: whoever is
 * called runs before its callers.
 */
static const struct entry {
    const char *name; /* null: all others */
    unsigned kernel_share, priority, may;
} table[] = {
    /* name         kernel  priority  may */
    {"log",             20,      200, 0},
    {"names",           20,      190, 0},
    {"dm_phys",        160,      180, MAY_RAM},
    {"simple_ts",      400,      170, 0},
    {"bmodfs",          20,      160, 0},
    {"tftp",            20,      160, MAY_DRIVE_CARDS},
    {"exec",            40,      150, 0},
    {"loader",          40,      140, MAY_END},
    {NULL,              20,      100, 0},
};

/* What a driver of PCI cards needs: firmware chooses their ports and interrupts. */
static void add_cards(struct quota *quota)
{
    const struct quota_range configuration = {0xcf8, 0xd00}, cards = {0x1000, 0x10000};

    quota->ports[quota->port_count++] = configuration;
    quota->ports[quota->port_count++] = cards;
    quota->irqs |= 0xfff8; /* lines 3 to 15 */
}

struct quota quota_built_in(const char *name)
{
    const struct entry *e = table;
    while (e->name && strcmp(e->name, name) != 0)
        e++;
    struct quota quota = {.kernel_share = e->kernel_share,
                          .priority = e->priority,
                          .may = e->may,
                          .memory_max = QUOTA_NO_LIMIT,
                          .memory = {0, QUOTA_NO_LIMIT},
                          .irq_max = QUOTA_ANY_NUMBER,
                          .child_max = QUOTA_ANY_NUMBER,
                          .mcp = QUOTA_PRIORITY_MAX};
    if (e->may & MAY_DRIVE_CARDS)
        add_cards(&quota);
    return quota;
}

bool quota_allows(const struct quota_range *ranges, unsigned count, struct quota_range wish)
{
    for (unsigned i = 0; i < count; i++)
        if (ranges[i].start <= wish.start && wish.end <= ranges[i].end)
            return true;
    return false;
}
