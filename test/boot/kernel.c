/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Not a kernel: it stands in for one and checks what bootstrap hands over. Ends the machine with
 * success if all checks passed. Runs as a kernel is entered: long mode, one-to-one up to 4 GiB.
 */
#include <l4/kip.h>
#include <stdbool.h>
#include <string.h>
#include <x86/port.h>

#include "boot/console.h"

enum { KIP_SLOTS = 64, OPTIONS_SIZE = 0xdc, UART_BASE = 0x20, EXIT_PORT = 0xf4, EXIT_GOOD = 0x10 };

extern char image_start[], image_end[];
void check_main(void);

/* The records a kernel brings along, filled in by bootstrap. */
static struct {
    struct l4_kip kip;
    struct l4_mem_desc desc[KIP_SLOTS];
    char rest[4096 - sizeof(struct l4_kip) - KIP_SLOTS * sizeof(struct l4_mem_desc)];
} page __attribute__((section(".kip"), used, aligned(4096))) = {
    .kip = { .magic = L4_KIP_MAGIC, .version = L4_KIP_VERSION, .mem_desc_at = sizeof(struct l4_kip),
             .mem_desc_slots = KIP_SLOTS },
};
static union {
    uint32_t head[3];
    uint64_t words[OPTIONS_SIZE / 8 + 1];
} options __attribute__((section(".options"), used)) = { .head = { 0x4c344b43, 6, 0 } };

static char stack[16384] __attribute__((aligned(16), used));
static bool failed;

__asm__(".globl _start\n_start: lea stack + 16384, %rsp\n call check_main\n");

static void check(bool good, const char *name)
{
    say("%s %s", good ? "ok" : "FAIL", name);
    failed |= !good;
}

static const struct l4_mem_desc *find_desc(uint64_t address, enum l4_mem_type type)
{
    for (unsigned i = 0; i < KIP_SLOTS; i++)
        if (l4_mem_desc_type(page.desc[i]) == type && l4_mem_desc_start(page.desc[i]) <= address
            && address < l4_mem_desc_end(page.desc[i]))
            return &page.desc[i];
    return NULL;
}

static void check_memory(void)
{
    uint64_t top = 0;
    for (unsigned i = 0; i < KIP_SLOTS; i++)
        if (l4_mem_desc_type(page.desc[i]) == L4_MEM_CONVENTIONAL && l4_mem_desc_end(page.desc[i]) > top)
            top = l4_mem_desc_end(page.desc[i]);
    say("top of RAM rounds up to %u MiB", (top + 0xfffff) >> 20);
    check(find_desc(0x1000, L4_MEM_CONVENTIONAL), "low memory is RAM");
    check(find_desc(0xf0000, L4_MEM_RESERVED), "the BIOS is reserved");
    check(find_desc(0, L4_MEM_ARCH), "page 0 is the firmware's");
    check(find_desc((uintptr_t)image_start, L4_MEM_RESERVED), "the kernel's text is reserved");
    check(find_desc((uintptr_t)image_end - 1, L4_MEM_RESERVED), "the kernel's data is reserved");
    check(!find_desc((uintptr_t)image_start, L4_MEM_BOOTLOADER), "no module lies over the kernel");
}

static void check_programs(void)
{
    const struct l4_mem_desc *sigma0 = find_desc(page.kip.sigma0_entry, L4_MEM_DEDICATED);
    const struct l4_mem_desc *root = find_desc(page.kip.root_entry, L4_MEM_BOOTLOADER);
    check(sigma0, "sigma0 is dedicated memory");
    check(root && l4_mem_desc_subtype(*root) == 5, "roottask's text may be read and executed");
    check(memcmp((void *)page.kip.sigma0_entry, "sigma0 !", 8) == 0, "sigma0 is loaded");
    check(memcmp((void *)page.kip.root_entry, "roottask", 8) == 0, "roottask is loaded");
}

static uint64_t sum_of(const struct l4_mod *m)
{
    uint64_t sum = 0;
    for (const uint8_t *p = (void *)m->start; p < (const uint8_t *)m->end; p++)
        sum = (sum * 31 + *p) & 0xffffffff;
    return sum;
}

static void check_modules(void)
{
    const struct l4_mod_info *info = (void *)page.kip.user_pointer;
    const struct l4_mod *mods = (void *)info->mods;
    bool aligned = true, zeroed = true, described = true, ordered = true;
    check(find_desc((uintptr_t)info, L4_MEM_BOOTLOADER), "module information is described");
    for (unsigned i = 0; i < info->count; i++) {
        const struct l4_mod *m = &mods[i];
        aligned &= m->start % 4096 == 0;
        described &= find_desc(m->start, L4_MEM_BOOTLOADER) && find_desc(m->end - 1, L4_MEM_BOOTLOADER);
        ordered &= (m->flags & L4_MOD_MASK) == (i < 3 ? i + 1 : 0);
        for (const char *p = (void *)m->end; (uintptr_t)p % 4096; p++)
            zeroed &= *p == 0;
        say("module %u: %u bytes, sum %x, [%s]", (uint64_t)i, m->end - m->start, sum_of(m),
            (const char *)m->cmdline);
    }
    check(aligned, "modules start on pages");
    check(zeroed, "the rest of their last pages is zero");
    check(described, "modules are described");
    check(ordered, "kernel, sigma0 and roottask are marked");
}

void check_main(void)
{
    check(options.head[2] & 0x200000 && options.words[UART_BASE / 8] == 0x3f8, "the UART is named");
    check(page.kip.rsdp != 0, "the ACPI root pointer is found");
    check_memory();
    check_programs();
    check_modules();
    if (!failed)
        out8(EXIT_PORT, EXIT_GOOD);
    stop("checks failed");
}
