/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Buddy allocator. Invariants: a block of order n is aligned to its size (counted from the heap's
 * start, which is aligned to the largest block); a block is on free[n] exactly if the map byte of
 * its first page is n + 1; all other bytes are 0; two free buddies never lie side by side.
 */
#include "counters.h"
#include "frames.h"
#include "list.h"
#include "print.h"
#include "string.h"
#include "work.h"
#include "x86_64/paging.h"

enum { COST_PAGE = 700 };

static struct list free_blocks[FRAMES_MAX_ORDER + 1];
static uint8_t *map;
static char *heap;
static size_t pages, unused;
static paddr_t heap_start;

static size_t page_index(const void *block)
{
    return (size_t)((const char *)block - heap) >> PAGE_SHIFT;
}

static void put(size_t index, unsigned order)
{
    map[index] = (uint8_t)(order + 1);
    list_prepend(&free_blocks[order], (struct list *)(heap + (index << PAGE_SHIFT)));
}

static void take(size_t index)
{
    map[index] = 0;
    list_remove((struct list *)(heap + (index << PAGE_SHIFT)));
}

void frames_init(paddr_t start, paddr_t end)
{
    heap_start = start;
    heap = phys_to_virt(start);
    pages = (end.raw - start.raw) >> PAGE_SHIFT;
    for (unsigned i = 0; i <= FRAMES_MAX_ORDER; i++)
        list_init(&free_blocks[i]);
    map = (uint8_t *)heap;
    memset(map, 0, pages);
    size_t map_pages = (pages + PAGE_SIZE - 1) >> PAGE_SHIFT;
    for (size_t i = map_pages; i < pages; i++)
        frames_free(heap + (i << PAGE_SHIFT), 0);
}

void *frames_alloc(unsigned order)
{
    unsigned found = order;
    while (found <= FRAMES_MAX_ORDER && list_empty(&free_blocks[found]))
        found++;
    if (found > FRAMES_MAX_ORDER)
        return NULL;
    void *block = free_blocks[found].next;
    take(page_index(block));
    while (found > order) {
        found--;
        put(page_index(block) + (1ul << found), found);
    }
    unused -= 1ul << order;
    counters.cleared += 1ul << order;
    work_budget -= COST_PAGE << order;
    return memset(block, 0, PAGE_SIZE << order);
}

void frames_free(void *block, unsigned order)
{
    size_t index = page_index(block);
    assert(index < pages && map[index] == 0);
    unused += 1ul << order;
    while (order < FRAMES_MAX_ORDER) {
        size_t buddy = index ^ (1ul << order);
        if (buddy + (1ul << order) > pages || map[buddy] != order + 1)
            break;
        take(buddy);
        index = index < buddy ? index : buddy;
        order++;
    }
    put(index, order);
}

size_t frames_total(void)
{
    return pages;
}

size_t frames_unused(void)
{
    return unused;
}

bool frames_contain(uint64_t start, uint64_t end)
{
    return start < heap_start.raw + (pages << PAGE_SHIFT) && end > heap_start.raw;
}

bool frames_are_sound(void)
{
    size_t listed = 0, marked = 0;
    for (unsigned order = 0; order <= FRAMES_MAX_ORDER; order++)
        for (struct list *b = free_blocks[order].next; b != &free_blocks[order]; b = b->next) {
            if (map[page_index(b)] != order + 1 || page_index(b) % (1ul << order))
                return false;
            listed += 1ul << order;
        }
    for (size_t i = 0; i < pages; i++)
        marked += map[i] ? 1ul << (map[i] - 1) : 0;
    return listed == marked && listed == unused;
}
