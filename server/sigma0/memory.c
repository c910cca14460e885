/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <l4/error.h>

#include "console/console.h"
#include "sigma0/map.h"

#define IOMEM_ORDER_MAX 30 /* the kernel maps page by page while nobody else runs */

static struct regions map;
static struct region first_entries[512];
static uint64_t ram; /* as the kernel info page has it; the sum over all owners must stay this */

static uint64_t conventional(const struct l4_kip *kip)
{
    const struct l4_mem_desc *desc =
        (const struct l4_mem_desc *)((const char *)kip + kip->mem_desc_at);
    uint64_t sum = 0;

    for (unsigned i = 0; i < kip->mem_desc_slots; i++)
        if (l4_mem_desc_type(desc[i]) == L4_MEM_CONVENTIONAL && !(desc[i].low & L4_MEM_VIRTUAL))
            sum += (l4_mem_desc_end(desc[i]) & L4_PAGE_MASK)
                   - ((l4_mem_desc_start(desc[i]) + L4_PAGE_SIZE - 1) & L4_PAGE_MASK);
    return sum;
}

bool memory_init(const struct l4_kip *kip)
{
    regions_give_spares(&map, first_entries, sizeof first_entries);
    ram = conventional(kip);
    return sigma0_map(&map, kip);
}

/* What is the client's already keeps its rights. */
static bool take(uint32_t client, uint64_t start, uint64_t end)
{
    struct region r = {.start = start, .end = end, .owner = client};

    if (!regions_others(&map, start, end, client))
        return true;
    if (!regions_reserve(&map, SIGMA0_SELF) || !regions_available(&map, start, end, client))
        return false;
    r.rights = L4_FPAGE_RWX;
    r.counted = true;
    return regions_set(&map, &r);
}

struct sigma0_answer memory_fault(uint32_t client, const struct sigma0_request *request)
{
    uint64_t page = request->address & L4_PAGE_MASK;
    const struct region *r = regions_at(&map, page);

    if (!r || !r->counted || (r->rights & request->rights) != request->rights
        || !regions_available(&map, page, page + L4_PAGE_SIZE, client))
        return sigma0_plain(-L4_ENOMEM);
    unsigned rights = r->rights;
    if (!take(client, page, page + L4_PAGE_SIZE))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ram(page, L4_PAGE_SHIFT, rights);
}

struct sigma0_answer memory_ram(uint32_t client, const struct sigma0_request *request)
{
    uint64_t start = request->address, end = start + (1ull << request->order);

    if (!regions_available(&map, start, end, client) || !take(client, start, end))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ram(start, request->order, L4_FPAGE_RWX);
}

struct sigma0_answer memory_any(uint32_t client, const struct sigma0_request *request)
{
    uint64_t start;

    if (!regions_reserve(&map, SIGMA0_SELF) || !regions_find_free(&map, request->order, &start)
        || !take(client, start, start + (1ull << request->order)))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_ram(start, request->order, L4_FPAGE_RWX);
}

struct sigma0_answer memory_iomem(const struct sigma0_request *request)
{
    uint64_t start = request->address, end = start + (1ull << request->order);

    if (request->order > IOMEM_ORDER_MAX || regions_others(&map, start, end, SIGMA0_DEVICES))
        return sigma0_plain(-L4_ENOMEM);
    return sigma0_iomem(start, request->order, request->cached);
}

uint64_t memory_total(void)
{
    return ram;
}

uint64_t memory_free(void)
{
    return regions_sum(&map, SIGMA0_FREE);
}

static const char *name_of(uint32_t owner)
{
    static const char *const names[] = {"free", "kernel", "sigma0", "firmware", "roottask"};
    return owner < sizeof names / sizeof names[0] ? names[owner] : "client";
}

void memory_dump(void)
{
    uint32_t owner = 0;

    say("dump: owner 0 free %lu KiB", memory_free() >> 10);
    while (regions_next_owner(&map, &owner))
        say("dump: owner %u %s %lu KiB", owner, name_of(owner), regions_sum(&map, owner) >> 10);
    say("dump: sum %lu KiB, RAM %lu KiB", regions_total(&map) >> 10, ram >> 10);
}
