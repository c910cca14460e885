/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * Each dataspace whose pages have been handed out has a window of its own in dm_phys' address
 * space: page n of the dataspace is at window + n, and clients' mappings are children of that.
 *
 *   WINDOWS_START + 2^(order + 12) + slot * 2^order   window of 2^order bytes, 12 <= order <= 33
 *   PHYSICAL_START + p                                physical address p, as it came from roottask
 *
 * So there are 4096 windows of each order, each aligned to its size, and small ones lie close
 * together (few page tables).
 */

#define WINDOW_ORDER_MIN 12u
#define WINDOW_ORDER_MAX 33u
#define WINDOW_SLOTS 4096u

#define WINDOWS_START 0x0000100000000000ul
#define WINDOWS_END   0x0000500000000000ul
#define PHYSICAL_START 0x0000500000000000ul
#define PHYSICAL_ORDER 44u

/** Own virtual address of a window. */
typedef struct {
    uint64_t raw; /* 0: none */
} window_t;

struct windows {
    uint64_t used[WINDOW_ORDER_MAX - WINDOW_ORDER_MIN + 1][WINDOW_SLOTS / 64];
};

/** Order of the window for @size bytes, 1 <= @size <= 2^WINDOW_ORDER_MAX. */
unsigned window_order(uint64_t size);

/** The lowest free window of 2^@order bytes; raw 0 if all are taken. */
window_t window_alloc(struct windows *windows, unsigned order);

void window_free(struct windows *windows, window_t window, unsigned order);
