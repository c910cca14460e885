/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/fpage.h>

#include "counters.h"
#include "frames.h"
#include "print.h"
#include "work.h"
#include "x86_64/cpu.h"
#include "x86_64/paging.h"

#define PTE_P      0x1ull
#define PTE_W      0x2ull
#define PTE_U      0x4ull
#define PTE_LARGE  0x80ull
#define PTE_GLOBAL 0x100ull
#define PTE_NX     (1ull << 63)
#define PTE_FRAME  0x000ffffffffff000ull

#define ENTRIES      512
#define LARGE_PAGE   (1ull << 21)
#define LEAF_ORDER   1          /* the table and its page of mapping pointers */
#define INNER        (PTE_P | PTE_W | PTE_U)
#define DIRECT_SLOT  256        /* top-level entries of the kernel half */
#define IMAGE_SLOT   511
#define IMAGE_START  (KERNEL_IMAGE + 0x400000)

enum { COST_ENTRY = 6, COST_SCAN = COST_ENTRY * ENTRIES, COST_FREE = 250 };

/* From the linker script, page aligned. */
extern char kernel_text_end[], kernel_rodata_end[], kernel_end[];
extern char tss_area[];

/* The kernel half, the same in every space. */
static uint64_t kernel_root[ENTRIES] __attribute__((aligned(4096)));
static uint64_t direct_l3[ENTRIES] __attribute__((aligned(4096)));
static uint64_t direct_l2[4][ENTRIES] __attribute__((aligned(4096)));
static uint64_t image_l3[ENTRIES] __attribute__((aligned(4096)));
static uint64_t image_l2[ENTRIES] __attribute__((aligned(4096)));
static uint64_t image_l1[ENTRIES] __attribute__((aligned(4096)));

static uint64_t loaded; /* physical address of the top-level table in force */
static uint64_t nx;     /* PTE_NX if the CPU has it */

static uint64_t image_phys(const void *p)
{
    return (uint64_t)p - KERNEL_IMAGE;
}

static void load(uint64_t root)
{
    counters.switches++;
    loaded = root;
    __asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

static void flush_page(uint64_t va)
{
    __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

/* Text is executable, read-only data neither, data writable: nothing is both. */
static void map_image(void)
{
    for (uint64_t va = IMAGE_START; va < (uint64_t)kernel_end; va += PAGE_SIZE) {
        uint64_t pte = (va - KERNEL_IMAGE) | PTE_P | PTE_GLOBAL;
        if (va >= (uint64_t)kernel_rodata_end)
            pte |= PTE_W;
        if (va >= (uint64_t)kernel_text_end)
            pte |= nx;
        image_l1[(va - IMAGE_START) >> PAGE_SHIFT] = pte;
    }
}

void paging_init(paddr_t start, paddr_t end)
{
    if ((uint64_t)kernel_end > IMAGE_START + LARGE_PAGE)
        panic("kernel image is larger than one table describes");
    nx = cpu_has_nx() ? PTE_NX : 0;
    map_image();
    for (uint64_t pa = align_down(start.raw, 21); pa < end.raw; pa += LARGE_PAGE)
        direct_l2[pa >> 30][(pa >> 21) % ENTRIES] =
            pa | PTE_P | PTE_W | PTE_LARGE | PTE_GLOBAL | nx;
    for (unsigned i = 0; i < ARRAY_SIZE(direct_l2); i++)
        direct_l3[i] = image_phys(direct_l2[i]) | PTE_P | PTE_W;
    image_l2[(IMAGE_START >> 21) % ENTRIES] = image_phys(image_l1) | PTE_P | PTE_W;
    image_l3[(IMAGE_START >> 30) % ENTRIES] = image_phys(image_l2) | PTE_P | PTE_W;
    kernel_root[DIRECT_SLOT] = image_phys(direct_l3) | PTE_P | PTE_W;
    kernel_root[IMAGE_SLOT] = image_phys(image_l3) | PTE_P | PTE_W;
    load(image_phys(kernel_root));
}

bool space_init(struct space *space)
{
    space->root = quota_pages(space->quota, 0);
    if (!space->root)
        return false;
    space->root_phys = heap_to_phys(space->root).raw;
    space->root[DIRECT_SLOT] = kernel_root[DIRECT_SLOT];
    space->root[IMAGE_SLOT] = kernel_root[IMAGE_SLOT];
    return true;
}

static uint64_t *table_at(uint64_t entry)
{
    return entry & PTE_P ? phys_to_virt((paddr_t){entry & PTE_FRAME}) : NULL;
}

void space_close(struct space *space)
{
    space->closed = true;
    if (loaded == space->root_phys)
        load(image_phys(kernel_root));
    space->root_phys = image_phys(kernel_root);
}

/* Frees the table behind @entry, of 2^@order pages. */
__attribute__((noinline))
static void free_table(struct space *space, uint64_t *entry, unsigned order)
{
    quota_free_pages(space->quota, table_at(*entry), order);
    *entry = 0;
    work_pause(COST_FREE);
}

static void free_leaves(struct space *space, uint64_t *l2)
{
    for (unsigned k = 0; k < ENTRIES; k++)
        if (table_at(l2[k]))
            free_table(space, &l2[k], LEAF_ORDER);
}

void space_free(struct space *space)
{
    for (unsigned i = 0; i < ENTRIES / 2; i++) {
        uint64_t *l3 = table_at(space->root[i]);
        for (unsigned j = 0; l3 && j < ENTRIES; j++) {
            uint64_t *l2 = table_at(l3[j]);
            if (!l2)
                continue;
            free_leaves(space, l2);
            work_budget -= COST_SCAN;
            free_table(space, &l3[j], 0);
        }
        if (!l3)
            continue;
        work_budget -= COST_SCAN;
        free_table(space, &space->root[i], 0);
    }
    work_pause(COST_SCAN);
    quota_free_pages(space->quota, space->root, 0);
    space->root = NULL;
}

size_t space_pages(const struct space *space)
{
    size_t pages = space->root != NULL;
    for (unsigned i = 0; space->root && i < ENTRIES / 2; i++) {
        const uint64_t *l3 = table_at(space->root[i]);
        pages += l3 != NULL;
        for (unsigned j = 0; l3 && j < ENTRIES; j++) {
            const uint64_t *l2 = table_at(l3[j]);
            pages += l2 != NULL;
            for (unsigned k = 0; l2 && k < ENTRIES; k++)
                pages += l2[k] & PTE_P ? 1u << LEAF_ORDER : 0;
        }
    }
    return pages;
}

void space_load(const struct space *space)
{
    if (space->root_phys != loaded)
        load(space->root_phys);
}

/* Allocates the table below @entry, of 2^@order pages. */
static bool add_table(struct space *space, uint64_t *entry, unsigned order)
{
    uint64_t *table = quota_pages(space->quota, order);
    if (table)
        *entry = heap_to_phys(table).raw | INNER;
    return table;
}

/* Where the last-level table for addresses around @va is remembered. */
static struct leaf *leaf_of(struct space *space, uint64_t va)
{
    uint64_t number = va / SPACE_TABLE_SPAN;
    return &space->leaves[(number ^ number >> 9) % SPACE_LEAVES];
}

/* The last-level table for @va, found or made, NULL if there is none; it is remembered. */
static uint64_t *leaf_table(struct space *space, uint64_t va, bool allocate)
{
    uint64_t *table = space->root;
    for (unsigned shift = 39; shift > 12; shift -= 9) {
        uint64_t *entry = &table[(va >> shift) % ENTRIES];
        if (!(*entry & PTE_P)
            && !(allocate && add_table(space, entry, shift > 21 ? 0 : LEAF_ORDER)))
            return NULL;
        table = phys_to_virt((paddr_t){*entry & PTE_FRAME});
    }
    *leaf_of(space, va) = (struct leaf){table, va / SPACE_TABLE_SPAN};
    return table;
}

bool space_slot(struct space *space, uint64_t va, bool allocate, struct slot *slot)
{
    if (va >= USER_END)
        return false;
    const struct leaf *leaf = leaf_of(space, va);
    uint64_t *table = leaf->table;
    if (!table || leaf->number != va / SPACE_TABLE_SPAN)
        table = leaf_table(space, va, allocate);
    if (!table)
        return false;
    unsigned i = (va >> PAGE_SHIFT) % ENTRIES;
    slot->pte = table + i;
    slot->mapping = (struct mapping **)table + ENTRIES + i;
    return true;
}

/* First present entry of @table at or behind @i, ENTRIES if there is none. */
static unsigned first_present(const uint64_t *table, unsigned i)
{
    while (i < ENTRIES && !(table[i] & PTE_P))
        i++;
    return i;
}

uint64_t space_skip(const struct space *space, uint64_t va)
{
    const uint64_t *table = space->root;
    for (unsigned shift = 39; va < USER_END; shift -= 9) {
        unsigned i = (unsigned)(va >> shift) % ENTRIES, found = first_present(table, i);
        work_budget -= COST_ENTRY * (long)(found - i);
        if (found > i)
            va = align_down(va, shift) + ((uint64_t)(found - i) << shift);
        if (found == ENTRIES || shift == 21)
            return va;
        table = table_at(table[found]);
    }
    return USER_END;
}

uint64_t space_next(const struct space *space, uint64_t va)
{
    uint64_t next = space_skip(space, va);
    while (next != va && next < USER_END) { /* it has stopped at the end of a table */
        va = next;
        next = space_skip(space, va);
    }
    return next;
}

struct page page_get(const struct slot *slot)
{
    uint64_t pte = *slot->pte;
    if (!(pte & PTE_P))
        return (struct page){{0}, 0, 0};
    unsigned rights = L4_FPAGE_R | (pte & PTE_W ? L4_FPAGE_W : 0) | (pte & PTE_NX ? 0 : L4_FPAGE_X);
    return (struct page){{pte & PTE_FRAME}, rights, pte & PTE_CACHE_MASK};
}

void page_set(struct space *space, uint64_t va, const struct slot *slot, struct page page)
{
    uint64_t old = *slot->pte, pte = 0;
    if (page.rights) {
        pte = page.frame.raw | page.cache | PTE_P | PTE_U;
        pte |= page.rights & L4_FPAGE_W ? PTE_W : 0;
        pte |= page.rights & L4_FPAGE_X ? 0 : nx;
    }
    *slot->pte = pte;
    if (old & PTE_P && loaded == space->root_phys)
        flush_page(va);
}

void paging_set_io_bitmap(const void *bitmap)
{
    static const void *shown;
    if (!bitmap || bitmap == shown)
        return;
    shown = bitmap;
    for (unsigned i = 0; i < 2; i++) {
        uint64_t va = (uint64_t)tss_area + (i + 1) * PAGE_SIZE;
        uint64_t frame = heap_to_phys(bitmap).raw + i * PAGE_SIZE;
        image_l1[(va - IMAGE_START) >> PAGE_SHIFT] = frame | PTE_P | PTE_GLOBAL | nx;
        flush_page(va);
    }
}
