/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "server/roottask/ram.h"
#include "sigma0/client.h"
#include "unit.h"

/*
 * roottask's RAM against an array with one owner a page, with a sigma0 that gives what is asked
 * for: no page ever has two owners, and what is counted is what was given.
 */

enum { PAGES = 8192, OWNERS = 3, STEPS = 30000 };
#define RAM_START 0x10000000ull
#define RAM_END   (RAM_START + PAGES * L4_PAGE_SIZE)

static uint8_t owner_of[PAGES]; /* number of the owner; 0: nobody, as far as we know */
static bool fetched[PAGES];     /* sigma0 has given it */
static struct ram_owner owners[OWNERS];

static struct {
    struct l4_kip kip;
    struct l4_mem_desc desc[2];
} page;

static bool is_ram(uint64_t address, unsigned order)
{
    return address >= RAM_START && address + (1ull << order) <= RAM_END;
}

long sigma0_get_ram(l4_cap_t sigma0, uint64_t address, unsigned order, l4_fpage_t window)
{
    (void)sigma0;
    (void)window;
    if (!is_ram(address, order))
        return -L4_ENOMEM;
    for (uint64_t i = 0; i < 1ull << (order - L4_PAGE_SHIFT); i++)
        fetched[(address - RAM_START) / L4_PAGE_SIZE + i] = true;
    return 0;
}

long sigma0_get_any(l4_cap_t sigma0, unsigned order, l4_fpage_t window, uint64_t *address)
{
    uint64_t size = 1ull << order;

    for (*address = RAM_END - size; *address >= RAM_START; *address -= size) {
        bool free = true;
        for (uint64_t i = 0; i < size / L4_PAGE_SIZE; i++)
            free = free && !fetched[(*address - RAM_START) / L4_PAGE_SIZE + i];
        if (free)
            return sigma0_get_ram(sigma0, *address, order, window);
    }
    return -L4_ENOMEM;
}

static void set_up(void)
{
    void *at = (void *)RAM_START;

    CHECK(mmap(at, RAM_END - RAM_START, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == at);
    page.kip.mem_desc_at = sizeof page.kip;
    page.kip.mem_desc_slots = 2;
    page.desc[0] = l4_mem_desc(RAM_START, RAM_END, L4_MEM_CONVENTIONAL, 0);
    ram_init(&page.kip);
    for (unsigned i = 0; i < OWNERS; i++)
        owners[i] = (struct ram_owner){RAM_MODULE + i, ~0ull, 0, ~0ull};
    owners[1].max = 16 << 20;
    owners[2].start = RAM_START + (4 << 20);
    owners[2].end = RAM_END - (8 << 20);
}

static unsigned below(unsigned limit)
{
    return (unsigned)rand() % limit;
}

/* @owner has been given [@start, @start + @size): nobody else may have it. */
static void given(const struct ram_owner *owner, uint64_t start, uint64_t size, bool again)
{
    CHECK(start >= owner->start && start + size <= owner->end);
    for (uint64_t i = (start - RAM_START) / L4_PAGE_SIZE; size > 0; i++, size -= L4_PAGE_SIZE) {
        CHECK(fetched[i]);
        CHECK(owner_of[i] == 0 || (again && owner_of[i] == owner->number));
        owner_of[i] = (uint8_t)owner->number;
    }
}

static uint64_t pages_of(unsigned number)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < PAGES; i++)
        count += owner_of[i] == number;
    return count;
}

/* Gives back some pages from @first on, as many as @owner has there. */
static void give_some(const struct ram_owner *owner, unsigned first)
{
    unsigned end = first;

    while (end < PAGES && end - first < 64 && owner_of[end] == owner->number)
        owner_of[end++] = 0;
    if (end == first)
        return;
    paddr_t from = {RAM_START + first * L4_PAGE_SIZE}, to = {RAM_START + end * L4_PAGE_SIZE};
    CHECK(ram_owned(from, to, owner->number));
    ram_give(from, to);
}

static void give_all(const struct ram_owner *owner)
{
    for (unsigned i = 0; i < PAGES; i++)
        owner_of[i] = owner_of[i] == owner->number ? 0 : owner_of[i];
    ram_give_all(owner->number);
}

static void step(void)
{
    const struct ram_owner *owner = &owners[below(OWNERS)];
    unsigned order = 12 + below(below(20) ? 4 : 12), at = below(PAGES);
    uint64_t align = 1ull << order;
    paddr_t start = {(RAM_START + at * L4_PAGE_SIZE) & ~(align - 1)};
    uint64_t size = (1 + below(40)) * L4_PAGE_SIZE;

    switch (below(below(100) ? 5 : 6)) {
    case 0:
        if (ram_take(order, owner, &start))
            given(owner, start.raw, align, false);
        break;
    case 1:
        if (ram_take_at(start, order, owner))
            given(owner, start.raw, align, true);
        break;
    case 2:
        if (ram_reserve(size, 1ull << (12 + below(8)), owner, &start))
            given(owner, start.raw, size, false);
        break;
    case 5:
        give_all(owner);
        break;
    default:
        give_some(owner, at);
    }
}

TEST(no_page_has_two_owners)
{
    set_up();
    srand(11);
    for (unsigned i = 0; i < STEPS; i++) {
        step();
        uint64_t sum = ram_free() + ram_of(RAM_ROOT);
        for (unsigned n = 0; n < OWNERS; n++) {
            uint64_t has = ram_of(owners[n].number);
            CHECK_EQ(has, pages_of(owners[n].number) * L4_PAGE_SIZE);
            CHECK(has <= owners[n].max);
            sum += has;
        }
        CHECK_EQ(sum, RAM_END - RAM_START);
    }
}

UNIT_MAIN(T(no_page_has_two_owners))
