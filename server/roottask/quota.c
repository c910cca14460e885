/* SPDX-License-Identifier: BSD-2-Clause */
#include "quota.h"

#include <string.h>

/*
 * dm_phys: a mapping costs the kernel 1 % of what is mapped, its own and, at simple_ts, its
 * clients'. simple_ts divides its share among all tasks. Priorities follow the ranks: whoever is
 * called runs before its callers.
 */
static const struct quota table[] = {
    /* name         kernel  priority  may */
    {"log",             20,      200, 0},
    {"names",           20,      190, 0},
    {"dm_phys",        160,      180, MAY_RAM},
    {"simple_ts",      400,      170, 0},
    {"bmodfs",          20,      160, 0},
    {"tftp",            20,      160, MAY_DEVICES | MAY_ICU},
    {"exec",            40,      150, 0},
    {"loader",          40,      140, MAY_END},
    {NULL,              20,      100, 0},
};

const struct quota *quota_of(const char *name)
{
    const struct quota *q = table;
    while (q->name && strcmp(q->name, name) != 0)
        q++;
    return q;
}
