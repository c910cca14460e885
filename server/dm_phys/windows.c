/* SPDX-License-Identifier: BSD-2-Clause */
#include "windows.h"

#include <assert.h>

_Static_assert(WINDOWS_START + (2ul << (WINDOW_ORDER_MAX + 12)) == WINDOWS_END, "all orders fit");

unsigned window_order(uint64_t size)
{
    unsigned order = WINDOW_ORDER_MIN;
    while ((1ull << order) < size)
        order++;
    assert(order <= WINDOW_ORDER_MAX);
    return order;
}

window_t window_alloc(struct windows *windows, unsigned order)
{
    uint64_t *used = windows->used[order - WINDOW_ORDER_MIN];
    for (unsigned i = 0; i < WINDOW_SLOTS / 64; i++) {
        if (used[i] == ~0ull)
            continue;
        unsigned bit = (unsigned)__builtin_ctzll(~used[i]);
        used[i] |= 1ull << bit;
        return (window_t){WINDOWS_START + (1ull << (order + 12))
                          + ((uint64_t)(i * 64 + bit) << order)};
    }
    return (window_t){0};
}

void window_free(struct windows *windows, window_t window, unsigned order)
{
    uint64_t slot = (window.raw - WINDOWS_START - (1ull << (order + 12))) >> order;
    uint64_t *word = &windows->used[order - WINDOW_ORDER_MIN][slot / 64];
    assert(slot < WINDOW_SLOTS && (*word & (1ull << (slot % 64))));
    *word &= ~(1ull << (slot % 64));
}
