/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>

/** Microseconds of the kernel clock, by the function in the KIP at @kip (ABI 10.4). */
static inline uint64_t l4_clock_us(const struct l4_kip *kip)
{
    uint64_t (*read)(void) = (uint64_t (*)(void))((uintptr_t)kip + L4_KIP_CLOCK_US);
    return read();
}
