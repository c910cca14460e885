/* SPDX-License-Identifier: BSD-2-Clause */
#include "files.h"

#include <l4/fpage.h>
#include <l4/kip.h>
#include <string.h>
#include <task/layout.h>

#include "console/console.h"
#include "errors/errors.h"

/* The list being written: entries from the start, command lines behind all of them. */
struct list {
    struct l4_mod_info *info;
    char *text;
};

static uint64_t at_module(const struct list *list, const void *p)
{
    return SERVER_MODULES + (uint64_t)((const char *)p - (const char *)list->info);
}

static void enter(struct list *list, const struct module *file)
{
    struct l4_mod *mods = (struct l4_mod *)(list->info + 1);
    size_t size = strlen(file->line) + 1;

    memcpy(list->text, file->line, size);
    mods[list->info->count++] = (struct l4_mod){.flags = L4_MOD_PLAIN,
                                                .start = file->start.raw,
                                                .end = file->end.raw,
                                                .cmdline = at_module(list, list->text)};
    list->text += size;
}

static uint64_t page_up(uint64_t address)
{
    return (address + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

static long give_file(const struct module *to, struct list *list, const struct module *file)
{
    uint64_t end = page_up(file->end.raw);

    if (file->start.raw < to->image_end.raw && to->image_start.raw < end) {
        say("module %s: left out: %s is linked where it lies", file->name, to->name);
        return 0;
    }
    long error = module_map(to, file->start, (maddr_t){file->start.raw}, end - file->start.raw,
                            L4_FPAGE_R);
    if (error >= 0)
        enter(list, file);
    return error;
}

bool files_wanted(const struct module *module)
{
    return module->quota->attached > 0 || strcmp(module->name, "bmodfs") == 0;
}

/* Who has files attached gets no others. */
static bool is_for(const struct module *file, const struct module *to)
{
    if (to->quota->attached > 0)
        return file->attached_to && strcmp(file->attached_to, to->name) == 0;
    return !file->attached_to;
}

static unsigned number_for(const struct module *to, const struct module *table, unsigned first,
                           unsigned count)
{
    unsigned number = 0;

    for (unsigned i = first; i < count; i++)
        number += is_for(&table[i], to);
    return number;
}

static unsigned order_for(const struct module *table, unsigned first, unsigned count)
{
    uint64_t size = sizeof(struct l4_mod_info);
    unsigned order = L4_PAGE_SHIFT;

    for (unsigned i = first; i < count; i++)
        size += sizeof(struct l4_mod) + strlen(table[i].line) + 1;
    while (1ull << order < size)
        order++;
    return order;
}

long files_give(const struct module *to, const struct module *table, unsigned first, unsigned count)
{
    unsigned order = order_for(table, first, count);
    paddr_t block;

    if (!ram_take(order, &to->ram, &block))
        return -ERR_ENOMEM;
    memset(pointer_to(block), 0, 1ull << order);
    struct list list = {.info = pointer_to(block)};
    struct l4_mod *mods = (struct l4_mod *)(list.info + 1);
    list.text = (char *)(mods + number_for(to, table, first, count));
    list.info->mods = at_module(&list, mods);
    for (unsigned i = first; i < count; i++) {
        long error = is_for(&table[i], to) ? give_file(to, &list, &table[i]) : 0;
        if (error < 0)
            return error;
    }
    return module_map(to, block, (maddr_t){SERVER_MODULES}, 1ull << order, L4_FPAGE_R);
}
