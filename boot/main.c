/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bootstrap: from the multiboot loader to the kernel. Everything is checked and planned first;
 * then modules move, programs are loaded (only the kernel's own records are checked after that)
 * and the kernel is entered.
 * Runs with paging one-to-one up to 4 GiB, interrupts off, one CPU.
 */
#include <stddef.h>
#include <string.h>

#include "boot/console.h"
#include "boot/kip.h"

enum { FIRST_MODULES = 3, MODULE_ADDRESS = 0x2000000 };

#define IDENTITY_END 0x100000000ull

extern char bootstrap_start[], bootstrap_end[];

static struct boot_info boot;
static struct region_table used;
static struct placement place;

void bootstrap_main(uint32_t magic, const void *info);

static void check_modules(void)
{
    if (boot.modules < FIRST_MODULES)
        stop("modules: %u given, but kernel, sigma0 and roottask are needed",
             (uint64_t)boot.modules);
    for (unsigned i = 0; i < boot.modules; i++) {
        const struct module *m = &boot.module[i];
        struct phys_range f = m->file;
        if (f.start >= f.end)
            stop("module %u '%s': the file is empty", (uint64_t)i, m->name);
        if (!memory_is_ram(&boot.memory, (struct phys_range){ f.start, page_up(f.end) }))
            stop("module %u '%s': %x..%x lies outside RAM", (uint64_t)i, m->name, f.start, f.end);
        for (unsigned j = 0; j < i; j++)
            if (ranges_overlap(f, boot.module[j].file))
                stop("module %u '%s': overlaps module %u '%s'", (uint64_t)i, m->name, (uint64_t)j,
                     boot.module[j].name);
        say("module %u at %x..%x: %s", (uint64_t)i, f.start, f.end, m->cmdline);
    }
}

static void use_own_memory(void)
{
    struct phys_range first_page = { 0, BOOT_PAGE };
    struct phys_range self = { (uintptr_t)bootstrap_start, (uintptr_t)bootstrap_end };
    region_add(&used, (struct region){ first_page, REGION_FIRMWARE, 0 });
    region_add(&used, (struct region){ self, REGION_BOOTSTRAP, 0 });
}

/* Parse one program and reserve the memory of its segments, in whole pages. */
static void place_image(unsigned index, enum region_kind kind, struct image *image)
{
    const struct module *m = &boot.module[index];
    const void *file = (const void *)(uintptr_t)m->file.start;
    const char *wrong = image_parse(file, m->file.end - m->file.start, image);
    if (wrong)
        stop("module %u '%s': %s", (uint64_t)index, m->name, wrong);
    for (unsigned i = 0; i < image->segments; i++) {
        struct phys_range r = image->segment[i].memory;
        const struct region *other = region_conflict(&used, r);
        if (!memory_is_ram(&boot.memory, r) || r.end > IDENTITY_END)
            stop("module %u '%s': its segment %x..%x lies outside RAM", (uint64_t)index, m->name,
                 r.start, r.end);
        if (other)
            stop("module %u '%s': its segment %x..%x overlaps %s at %x..%x", (uint64_t)index,
                 m->name, r.start, r.end, region_name(other->kind), other->range.start,
                 other->range.end);
        if (!region_add(&used, (struct region){ r, kind, image->segment[i].rights }))
            stop("module %u '%s': too many segments", (uint64_t)index, m->name);
    }
}

/* Find room for all modules behind the loaded programs, and the order to move them in. */
static void place_modules(uint8_t *order)
{
    uint64_t info = modinfo_size(&boot);
    for (unsigned i = 0; i < boot.modules; i++)
        place.move[i].from = boot.module[i].file;
    uint64_t size = info + moves_size(place.move, boot.modules);
    struct phys_range high = { MODULE_ADDRESS, IDENTITY_END }, low = { BOOT_PAGE, IDENTITY_END };
    uint64_t at = find_free(&boot.memory, &used, high, size);
    if (!at)
        at = find_free(&boot.memory, &used, low, size);
    if (!at)
        stop("modules: no free memory for %u KiB of modules", size / 1024);
    place.block = (struct phys_range){ at, at + size };
    plan_moves(place.move, boot.modules, at + info, order);
}

static void move_modules(const uint8_t *order)
{
    for (unsigned i = 0; i < boot.modules; i++) {
        const struct move *m = &place.move[order[i]];
        memmove((void *)(uintptr_t)m->to.start, (const void *)(uintptr_t)m->from.start,
                m->to.end - m->to.start);
    }
    for (unsigned i = 0; i < boot.modules; i++) {
        uint64_t end = place.move[i].to.end;
        memset((void *)(uintptr_t)end, 0, page_up(end) - end);
    }
}

static const void *moved(unsigned index)
{
    return (const void *)(uintptr_t)place.move[index].to.start;
}

void bootstrap_main(uint32_t magic, const void *info)
{
    uint8_t order[MODULE_MAX];

    console_init();
    say("started");
    multiboot_read(magic, info, &boot);
    check_modules();
    use_own_memory();
    place_image(0, REGION_KERNEL, &place.kernel);
    place_image(1, REGION_SIGMA0, &place.sigma0);
    place_image(2, REGION_ROOTTASK, &place.roottask);
    place_modules(order);

    move_modules(order);
    image_load(moved(0), &place.kernel);
    image_load(moved(1), &place.sigma0);
    image_load(moved(2), &place.roottask);
    modinfo_write(&boot, &place);
    region_add(&used, (struct region){ place.block, REGION_MODULES, 0 });
    kip_fill(&boot, &used, &place);
    say("modules at %x..%x, kernel entry %x", place.block.start, place.block.end,
        place.kernel.entry);
    ((void (*)(void))(uintptr_t)place.kernel.entry)();
    stop("the kernel returned");
}
