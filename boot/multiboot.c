/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/multiboot.h"

#include <stddef.h>

#include "boot/console.h"

/* Multiboot specification 0.6.96, section 3.3. */
enum { LOADER_MAGIC = 0x2badb002, HAS_MODULES = 1 << 3, HAS_MEMORY_MAP = 1 << 6 };

struct mb_info {
    uint32_t flags;
    uint32_t mem_lower, mem_upper;
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t mods_count, mods_addr;
    uint32_t syms[4];
    uint32_t mmap_length, mmap_addr;
};

struct mb_module {
    uint32_t start, end, cmdline, reserved;
};

struct mb_mmap {
    uint32_t size; /* of what follows */
    uint64_t start, length;
    uint32_t type;
} __attribute__((packed));

static const void *physical(uint32_t address)
{
    return (const void *)(uintptr_t)address;
}

static void read_memory_map(const struct mb_info *info, struct memory_map *map)
{
    if (!(info->flags & HAS_MEMORY_MAP))
        stop("memory map: the boot loader gave none");
    uint32_t at = 0;
    while (at + sizeof(struct mb_mmap) <= info->mmap_length) {
        const struct mb_mmap *m = physical(info->mmap_addr + at);
        enum memory_type type = m->type >= MEMORY_RAM && m->type <= MEMORY_NVS
                                    ? (enum memory_type)m->type
                                    : MEMORY_RESERVED;
        if (!memory_add(map, m->start, m->length, type))
            stop("memory map: more than %u entries", (uint64_t)MEMORY_MAX);
        at += m->size + (uint32_t)sizeof(m->size);
    }
}

/* Copy a command line behind the others. */
static const char *keep_text(struct boot_info *boot, const char *text)
{
    char *kept = &boot->text[boot->text_used];
    do {
        if (boot->text_used == TEXT_MAX)
            stop("modules: command lines are longer than %u bytes together", (uint64_t)TEXT_MAX);
        boot->text[boot->text_used++] = *text;
    } while (*text++);
    return kept;
}

static void name_module(struct module *module)
{
    const char *first = module->cmdline;
    while (*first == ' ')
        first++;
    const char *name = first;
    for (; *first && *first != ' '; first++)
        if (*first == '/')
            name = first + 1;
    unsigned n = 0;
    for (; name < first && n < sizeof(module->name) - 1; n++)
        module->name[n] = *name++;
    module->name[n] = 0;
}

void multiboot_read(uint32_t magic, const void *information, struct boot_info *boot)
{
    if (magic != LOADER_MAGIC)
        stop("not started by a multiboot loader (magic %x)", (uint64_t)magic);
    const struct mb_info *info = information;
    read_memory_map(info, &boot->memory);

    unsigned count = info->flags & HAS_MODULES ? info->mods_count : 0;
    if (count > MODULE_MAX)
        stop("modules: %u given, at most %u are possible", (uint64_t)count, (uint64_t)MODULE_MAX);
    const struct mb_module *mods = physical(info->mods_addr);
    for (unsigned i = 0; i < count; i++) {
        struct module *m = &boot->module[i];
        m->file = (struct phys_range){ mods[i].start, mods[i].end };
        m->cmdline = keep_text(boot, mods[i].cmdline ? physical(mods[i].cmdline) : "");
        name_module(m);
    }
    boot->modules = count;
}
