/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>

/** The time stamp counter: for differences; with QEMU's -icount shift=0 it counts instructions. */
static inline uint64_t l4_cycles(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/** Microseconds of the kernel clock, by the function in the KIP at @kip (ABI 10.4). */
static inline uint64_t l4_clock_us(const struct l4_kip *kip)
{
    uint64_t (*read)(void) = (uint64_t (*)(void))((uintptr_t)kip + L4_KIP_CLOCK_US);
    return read();
}
