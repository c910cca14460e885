/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <l4/kip.h>
#include <task/layout.h>

/*
 * In the place of bmodfs: lists the files that roottask has handed over, with sizes and checksums.
 */

static uint32_t checksum(const unsigned char *bytes, uint64_t size)
{
    uint32_t sum = 2166136261u; /* FNV-1a */

    for (uint64_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * 16777619u;
    return sum;
}

void module_main(long argc, char **argv)
{
    const struct l4_mod_info *info = (const struct l4_mod_info *)SERVER_MODULES;
    const struct l4_mod *mods = (const struct l4_mod *)info->mods;

    (void)argc, (void)argv;
    say("%u files", info->count);
    for (unsigned i = 0; i < info->count; i++)
        say("file <%s> %lu bytes, checksum %08x", (const char *)mods[i].cmdline,
            mods[i].end - mods[i].start, checksum((const void *)mods[i].start,
                                                  mods[i].end - mods[i].start));
    *(volatile char *)mods[0].start = 1;
    say("FAIL a file can be written");
}
