/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot.h"

#include <string.h>

#include "arguments.h"
#include "errors/errors.h"

/* Maps the string at @at page by page up to its end. Null: sigma0 refuses. */
static const char *claim_string(uint64_t at)
{
    const char *text = pointer_to((paddr_t){at});

    for (uint64_t page = at & L4_PAGE_MASK;; page += L4_PAGE_SIZE) {
        uint64_t first = page > at ? page : at;
        if (!ram_claim((paddr_t){page}, (paddr_t){page + L4_PAGE_SIZE}))
            return NULL;
        if (memchr(pointer_to((paddr_t){first}), 0, page + L4_PAGE_SIZE - first))
            return text;
    }
}

static long read_module(const struct l4_mod *mod, struct module *m)
{
    m->line = claim_string(mod->cmdline);
    m->start.raw = mod->start;
    m->end.raw = mod->end;
    if (!m->line || mod->start & ~L4_PAGE_MASK || mod->end <= mod->start
        || !ram_claim(m->start, m->end))
        return -ERR_EFAULT;
    arguments_name(m->line, m->name, sizeof m->name);
    return 0;
}

/* The kernel, sigma0 and roottask are loaded: their files are free memory. */
static void reuse(const struct l4_mod *mod)
{
    paddr_t start = {mod->start}, end = {mod->end};

    if (mod->start < mod->end && ram_claim(start, end))
        ram_give(start, end);
}

long boot_modules(const struct l4_kip *kip, struct module *table, const char **line)
{
    paddr_t at = {kip->user_pointer};

    if (!ram_claim(at, (paddr_t){at.raw + sizeof(struct l4_mod_info)}))
        return -ERR_EFAULT;
    const struct l4_mod_info *info = pointer_to(at);
    const struct l4_mod *mods = pointer_to((paddr_t){info->mods});
    if (!ram_claim((paddr_t){info->mods}, (paddr_t){info->mods + info->count * sizeof *mods}))
        return -ERR_EFAULT;

    unsigned count = 0;
    *line = "";
    for (uint32_t i = 0; i < info->count; i++) {
        unsigned kind = mods[i].flags & L4_MOD_MASK;
        if (kind == L4_MOD_ROOT)
            *line = claim_string(mods[i].cmdline);
        if (kind != L4_MOD_PLAIN) {
            reuse(&mods[i]);
            continue;
        }
        if (count == MODULES_MAX)
            return -ERR_ETOOMANY;
        table[count].index = count;
        long error = read_module(&mods[i], &table[count++]);
        if (error < 0)
            return error;
    }
    return *line ? (long)count : -ERR_EFAULT;
}
