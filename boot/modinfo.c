/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/kip.h>
#include <string.h>

#include "boot/kip.h"

uint64_t modinfo_size(const struct boot_info *boot)
{
    return page_up(sizeof(struct l4_mod_info) + boot->modules * sizeof(struct l4_mod)
                   + boot->text_used);
}

static uint64_t flag_of(unsigned index)
{
    static const uint64_t flags[] = { L4_MOD_KERNEL, L4_MOD_SIGMA0, L4_MOD_ROOT };
    return index < sizeof(flags) / sizeof(flags[0]) ? flags[index] : L4_MOD_PLAIN;
}

void modinfo_write(const struct boot_info *boot, const struct placement *place)
{
    struct l4_mod_info *info = (void *)(uintptr_t)place->block.start;
    struct l4_mod *mods = (void *)(info + 1);
    char *text = (void *)(mods + boot->modules);

    memset(info, 0, modinfo_size(boot));
    memcpy(text, boot->text, boot->text_used);
    info->mods = (uintptr_t)mods;
    info->count = boot->modules;
    for (unsigned i = 0; i < boot->modules; i++)
        mods[i] = (struct l4_mod){
            .flags = flag_of(i),
            .start = place->move[i].to.start,
            .end = place->move[i].to.end,
            .cmdline = (uintptr_t)text + (uint64_t)(boot->module[i].cmdline - boot->text),
        };
}
