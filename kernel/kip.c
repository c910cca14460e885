/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames.h"
#include "kip.h"
#include "print.h"
#include "x86_64/cpu.h"
#include "x86_64/paging.h"

enum { HEAP_RESERVED = 1, OPTION_WAIT = 0x1, OPTION_KMEM = 0x20000 };
enum { HEAP_ORDER = 22 }; /* alignment of the heap: 4 MiB */
#define HEAP_MIN  (16ull << 20)
#define HEAP_LIMIT (1ull << 32) /* the direct map ends here */

/** Head of the options record that bootstrap may fill in. */
struct options {
    uint32_t magic, version, flags, kmem_kib;
};

extern struct l4_kip kip_page;
extern uint64_t kip_scalers[2], kip_stopped[2];
extern struct options kernel_options;
extern char kernel_end[];

static struct l4_mem_desc *descriptors(void)
{
    return (struct l4_mem_desc *)((char *)&kip_page + kip_page.mem_desc_at);
}

static bool is_free_slot(const struct l4_mem_desc *d)
{
    return l4_mem_desc_type(*d) == L4_MEM_UNDEFINED;
}

static void add(struct l4_mem_desc new, uint64_t flags)
{
    for (unsigned i = 0; i < kip_page.mem_desc_slots; i++)
        if (is_free_slot(&descriptors()[i])) {
            new.low |= flags;
            descriptors()[i] = new;
            return;
        }
    panic("KIP: no free memory descriptor");
}

static bool is_ram(struct l4_mem_desc d)
{
    return l4_mem_desc_type(d) == L4_MEM_CONVENTIONAL && !(d.low & L4_MEM_VIRTUAL);
}

void kip_check(void)
{
    if (!kip_page.sigma0_entry || !kip_page.root_entry)
        panic("KIP: bootstrap gave no entry point of sigma0 or the root task");
    for (unsigned i = 0; i < kip_page.mem_desc_slots; i++)
        if (is_ram(descriptors()[i]))
            return;
    panic("KIP: no conventional memory");
}

static uint64_t heap_size(void)
{
    uint64_t ram = 0;
    for (unsigned i = 0; i < kip_page.mem_desc_slots; i++)
        if (is_ram(descriptors()[i]))
            ram += l4_mem_desc_end(descriptors()[i]) - l4_mem_desc_start(descriptors()[i]);
    uint64_t size = kernel_options.flags & OPTION_KMEM ? (uint64_t)kernel_options.kmem_kib << 10
                                                       : ram / 8;
    return min_u64(align_up(max_u64(size, HEAP_MIN), HEAP_ORDER), 1ull << 30);
}

/* Start of the lowest used region that overlaps [@start, @end); @end if there is none. */
static uint64_t lowest_obstacle(uint64_t start, uint64_t end)
{
    uint64_t lowest = end;
    for (unsigned i = 0; i < kip_page.mem_desc_slots; i++) {
        struct l4_mem_desc d = descriptors()[i];
        if (is_free_slot(&d) || is_ram(d) || d.low & L4_MEM_VIRTUAL)
            continue;
        if (l4_mem_desc_start(d) < end && l4_mem_desc_end(d) > start)
            lowest = min_u64(lowest, l4_mem_desc_start(d));
    }
    return lowest;
}

/* The highest place for @size bytes in the RAM of @d; 0: none. */
static uint64_t highest_fit(struct l4_mem_desc d, uint64_t size)
{
    uint64_t start = l4_mem_desc_start(d);
    uint64_t end = align_down(min_u64(l4_mem_desc_end(d), HEAP_LIMIT), HEAP_ORDER);
    while (end >= size && end - size >= start) {
        uint64_t obstacle = lowest_obstacle(end - size, end);
        if (obstacle == end)
            return end - size;
        end = align_down(obstacle, HEAP_ORDER);
    }
    return 0;
}

struct physical_range kip_take_heap(void)
{
    uint64_t size = heap_size(), best = 0;
    for (unsigned i = 0; i < kip_page.mem_desc_slots; i++)
        if (is_ram(descriptors()[i]))
            best = max_u64(best, highest_fit(descriptors()[i], size));
    if (!best)
        panic("no place for %lu KiB of kernel heap", size >> 10);
    add(l4_mem_desc(best, best + size, L4_MEM_RESERVED, HEAP_RESERVED), 0);
    add(l4_mem_desc(0, USER_END, L4_MEM_CONVENTIONAL, 0), L4_MEM_VIRTUAL);
    add(l4_mem_desc(USER_END, DIRECT_MAP, L4_MEM_RESERVED, 0), L4_MEM_VIRTUAL);
    return (struct physical_range){{best}, {best + size}};
}

void kip_set_clock(uint64_t khz, uint64_t us_scale, uint64_t ns_scale)
{
    kip_page.cpu_khz = khz;
    kip_scalers[0] = us_scale;
    kip_scalers[1] = ns_scale;
}

void kip_stop_clock(uint64_t ticks)
{
    for (unsigned i = 0; i < ARRAY_SIZE(kip_stopped); i++)
        kip_stopped[i] += (uint64_t)((unsigned __int128)ticks * kip_scalers[i] >> (i ? 27 : 32));
}

uint64_t kip_stopped_us(void)
{
    return kip_stopped[0];
}

bool kip_wants_debugger(void)
{
    return kernel_options.flags & OPTION_WAIT;
}

void kip_update_clock(uint64_t now_us)
{
    kip_page.clock_us = now_us;
}

uint64_t kip_sigma0_entry(void)
{
    return kip_page.sigma0_entry;
}

uint64_t kip_root_entry(void)
{
    return kip_page.root_entry;
}

uint64_t kip_address(void)
{
    return (uint64_t)&kip_page - KERNEL_IMAGE;
}

bool kip_user_may_own(uint64_t page)
{
    static unsigned bits;
    if (!bits)
        bits = cpu_phys_bits();
    uint64_t image_start = 0x400000, image_end = (uint64_t)kernel_end - KERNEL_IMAGE;
    if (page == kip_address())
        return true;
    if (page >= image_start && page < image_end)
        return false;
    return page < USER_END && !(page >> bits) && !frames_contain(page, page + PAGE_SIZE);
}
