/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/area.h"

#include <stdatomic.h>

#include <task/layout.h>

#include "server/server.h"

enum { RANGES = 1024, NAP_US = 100, ALIGN_ORDER_MAX = 21 };

/** Used ranges, sorted; each followed by a free page, so that overruns fault. */
static struct {
    uint64_t start, end;
} used[RANGES];
static unsigned count;
static atomic_flag lock = ATOMIC_FLAG_INIT;

/* Sleeps instead of spinning: the holder may be a thread of lower priority, on the same CPU. */
static void enter(void)
{
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        server_sleep_us(NAP_US);
}

static void leave(void)
{
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

/**
 * First address from @start on where memory of @size bytes takes few flexpages: what comes from
 * windows aligned like this travels in large pieces.
 */
static uint64_t align(uint64_t start, uint64_t size)
{
    unsigned order = 63 - (unsigned)__builtin_clzll(size);
    uint64_t mask = (1ull << (order < ALIGN_ORDER_MAX ? order : ALIGN_ORDER_MAX)) - 1;

    return (start + mask) & ~mask;
}

uint64_t area_alloc(uint64_t size)
{
    uint64_t start = TASK_SERVER_AREA;
    unsigned place = 0;

    if (size == 0 || size > TASK_SERVER_AREA_END - TASK_SERVER_AREA)
        return 0;
    enter();
    while (place < count && used[place].start < start + size + L4_PAGE_SIZE) {
        start = align(used[place].end + L4_PAGE_SIZE, size);
        place++;
    }
    if (count == RANGES || start + size > TASK_SERVER_AREA_END) {
        leave();
        return 0;
    }
    for (unsigned i = count; i > place; i--)
        used[i] = used[i - 1];
    used[place].start = start;
    used[place].end = start + size;
    count++;
    leave();
    return start;
}

void area_free(uint64_t start)
{
    enter();
    for (unsigned i = 0; i < count; i++) {
        if (used[i].start != start)
            continue;
        count--;
        for (; i < count; i++)
            used[i] = used[i + 1];
    }
    leave();
}
