/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot/kip.h"

#include <l4/kip.h>
#include <string.h>

#include "boot/console.h"

/* The kernel's options record, version 6 (ABI 11.1). */
enum {
    OPTIONS_MAGIC = 0x4c344b43,
    OPTIONS_VERSION = 6,
    WAIT = 0x1, /* enter the kernel debugger at the start */
    UART_BAUD_VALID = 0x100000,
    UART_BASE_VALID = 0x200000,
    UART_IRQ_VALID = 0x400000,
    SERIAL_INPUT = 0x1000000,
    UART_BY_PORT = 1,
    COM1 = 0x3f8,
    COM1_IRQ = 4,
};

struct options {
    uint32_t magic, version, flags, kernel_memory, profile;
    uint32_t uart_base_baud, uart_baud;
    uint16_t uart_irq;
    uint8_t uart_shift, uart_access;
    uint64_t uart_base;
    char uart_compatible[32];
    uint64_t spin_address;
    char debugger_command[128];
    uint32_t trace_entries, output_buffer, node;
} __attribute__((packed));

_Static_assert(sizeof(struct options) == 0xdc, "ABI 11.1, version 6");

/* Memory descriptors are written one after the other into the slots the kernel has. */
struct desc_writer {
    struct l4_mem_desc *slot;
    unsigned used, slots;
};

static void put(struct desc_writer *w, struct phys_range range, enum l4_mem_type type,
                unsigned subtype)
{
    if (w->used == w->slots)
        stop("kip: the kernel has room for %u memory descriptors only", (uint64_t)w->slots);
    w->slot[w->used++] = l4_mem_desc(range.start, range.end, type, subtype);
}

static void put_memory(struct desc_writer *w, const struct memory_map *map, bool ram)
{
    for (unsigned i = 0; i < map->count; i++) {
        const struct memory_entry *e = &map->entry[i];
        if ((e->type == MEMORY_RAM) != ram)
            continue;
        if (ram)
            put(w, e->range, L4_MEM_CONVENTIONAL, 0);
        else if (e->type == MEMORY_RESERVED)
            put(w, e->range, L4_MEM_RESERVED, 0);
        else
            put(w, e->range, L4_MEM_ARCH, e->type);
    }
}

/* Firmware calls its ROM reserved, like what is the kernel's; drivers may have it as I/O memory. */
static void put_bios(struct desc_writer *w, const struct memory_map *map)
{
    const struct phys_range bios = { 0xe0000, 0x100000 };
    for (unsigned i = 0; i < map->count; i++) {
        const struct memory_entry *e = &map->entry[i];
        if (e->type == MEMORY_RAM && e->range.start < bios.end && bios.start < e->range.end)
            return;
    }
    put(w, bios, L4_MEM_ARCH, 0);
}

static void put_region(struct desc_writer *w, const struct region *r)
{
    switch (r->kind) {
    case REGION_BOOTSTRAP: /* free again once the kernel runs */
        break;
    case REGION_FIRMWARE:
        put(w, r->range, L4_MEM_ARCH, 0);
        break;
    case REGION_KERNEL:
        put(w, r->range, L4_MEM_RESERVED, 0);
        break;
    case REGION_SIGMA0:
        put(w, r->range, L4_MEM_DEDICATED, r->rights);
        break;
    case REGION_ROOTTASK:
    case REGION_MODULES: /* without rights: user land asks for them as RAM (ABI 11.4) */
        put(w, r->range, L4_MEM_BOOTLOADER, r->rights);
        break;
    }
}

/*
 * The ACPI root pointer lies on a 16-byte boundary in the BIOS area; its first 20 bytes sum up to
 * 0.
 */
static uint64_t find_rsdp(void)
{
    for (uint64_t at = 0xe0000; at < 0x100000; at += 16) {
        const uint8_t *p = (const uint8_t *)at;
        uint8_t sum = 0;
        if (memcmp(p, "RSD PTR ", 8) != 0)
            continue;
        for (unsigned i = 0; i < 20; i++)
            sum = (uint8_t)(sum + p[i]);
        if (sum == 0)
            return at;
    }
    return 0;
}

static void fill_descriptors(struct l4_kip *kip, uint64_t kip_size, const struct boot_info *boot,
                             const struct region_table *used)
{
    if (kip->mem_desc_at > kip_size
        || kip->mem_desc_slots > (kip_size - kip->mem_desc_at) / sizeof(struct l4_mem_desc))
        stop("kip: its memory descriptors lie outside the page");
    struct desc_writer w = { (void *)((char *)kip + kip->mem_desc_at), 0, kip->mem_desc_slots };
    put_memory(&w, &boot->memory, true);
    put_memory(&w, &boot->memory, false);
    put_bios(&w, &boot->memory);
    for (unsigned i = 0; i < used->count; i++)
        put_region(&w, &used->region[i]);
    while (w.used < w.slots)
        w.slot[w.used++] = (struct l4_mem_desc){ 0, 0 };
}

/* True if one of the words behind the first one of @line is @word. */
static bool has_word(const char *line, const char *word)
{
    size_t size = strlen(word);
    while ((line = strchr(line, ' ')))
        if (!strncmp(++line, word, size) && (line[size] == ' ' || !line[size]))
            return true;
    return false;
}

static void fill_options(const struct boot_info *boot, const struct placement *place)
{
    struct phys_range at = place->kernel.options;
    if (at.end - at.start < sizeof(struct options))
        stop("module 0 '%s': no options record (program header 0x11)", boot->module[0].name);
    struct options *o = (void *)(uintptr_t)at.start;
    if (o->magic != OPTIONS_MAGIC || o->version != OPTIONS_VERSION)
        stop("kernel options: magic %x version %u, but magic %x version %u is known",
             (uint64_t)o->magic, (uint64_t)o->version, (uint64_t)OPTIONS_MAGIC,
             (uint64_t)OPTIONS_VERSION);
    o->flags |= UART_BAUD_VALID | UART_BASE_VALID | UART_IRQ_VALID | SERIAL_INPUT;
    if (has_word(boot->module[0].cmdline, "-wait"))
        o->flags |= WAIT;
    o->uart_base_baud = 115200;
    o->uart_baud = 115200;
    o->uart_irq = COM1_IRQ;
    o->uart_shift = 0;
    o->uart_access = UART_BY_PORT;
    o->uart_base = COM1;
}

void kip_fill(const struct boot_info *boot, const struct region_table *used,
              const struct placement *place)
{
    struct phys_range at = place->kernel.kip;
    if (at.end - at.start < sizeof(struct l4_kip))
        stop("module 0 '%s': no kernel info page (program header 0x10)", boot->module[0].name);
    struct l4_kip *kip = (void *)(uintptr_t)at.start;
    if (kip->magic != L4_KIP_MAGIC
        || (kip->version & L4_KIP_VERSION_MASK) != (L4_KIP_VERSION & L4_KIP_VERSION_MASK))
        stop("kip: magic %x version %x is not a kernel we know", (uint64_t)kip->magic,
             (uint64_t)kip->version);
    fill_descriptors(kip, at.end - at.start, boot, used);
    kip->sigma0_entry = place->sigma0.entry;
    kip->root_entry = place->roottask.entry;
    kip->user_pointer = place->block.start;
    kip->rsdp = find_rsdp();
    memcpy(kip->platform, "pc", sizeof("pc"));
    fill_options(boot, place);
}
