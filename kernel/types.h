/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Physical address. A struct, so that it cannot be taken for an address of ours or a user's. */
typedef struct {
    uint64_t raw;
} paddr_t;

/** Address in the space of some task. */
typedef struct {
    uint64_t raw;
} uaddr_t;

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ull
#define USER_END   0x800000000000ull /* user space is [0, USER_END) */

#define container_of(pointer, type, member) \
    ((type *)((char *)(pointer) - offsetof(type, member)))

/* For the compiler: lay the other branch out as the straight one. */
#define unlikely(condition) __builtin_expect(!!(condition), 0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/** @value rounded down to a multiple of 2^@order; an order of 64 and more gives 0. */
static inline uint64_t align_down(uint64_t value, unsigned order)
{
    return order >= 64 ? 0 : value & (~0ull << order);
}

static inline uint64_t align_up(uint64_t value, unsigned order)
{
    return align_down(value + (1ull << order) - 1, order);
}

/** True if bits 63..47 of @address are all the same, as the CPU demands. */
static inline bool is_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}
