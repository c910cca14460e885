/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/** One time-out, 16 bit (ABI 6). */
typedef uint16_t l4_timeout_t;

#define L4_TIMEOUT_NEVER ((l4_timeout_t)0)
#define L4_TIMEOUT_ZERO  ((l4_timeout_t)0x0400)

/** Time-out pair as passed in r8: receive in bits 15..0, send in bits 31..16. */
typedef struct {
    uint32_t raw;
} l4_timeouts_t;

static inline l4_timeouts_t l4_timeouts(l4_timeout_t send, l4_timeout_t receive)
{
    return (l4_timeouts_t){((uint32_t)send << 16) | receive};
}

#define L4_NEVER        ((l4_timeouts_t){0})
#define L4_SEND_ZERO    ((l4_timeouts_t){0x04000000})
#define L4_RECV_ZERO    ((l4_timeouts_t){0x00000400})
#define L4_BOTH_ZERO    ((l4_timeouts_t){0x04000400})

/** The longest relative time-out in microseconds, 25 days: largest mantissa and exponent. */
#define L4_TIMEOUT_MAX_US (0x3ffull << 31)

/** Encodes @us microseconds; 0 is "at once", above L4_TIMEOUT_MAX_US "never". Rounds up. */
static inline l4_timeout_t l4_timeout_us(uint64_t us)
{
    if (us == 0)
        return L4_TIMEOUT_ZERO;
    if (us > L4_TIMEOUT_MAX_US) /* the exponent would run over into the bit that says "absolute" */
        return L4_TIMEOUT_NEVER;
    unsigned log2 = 63 - (unsigned)__builtin_clzll(us);
    unsigned exponent = log2 > 9 ? log2 - 9 : 0;
    uint64_t mantissa = (us + (1ull << exponent) - 1) >> exponent;
    if (mantissa > 0x3ff) {
        mantissa >>= 1;
        exponent++;
    }
    return (l4_timeout_t)(exponent << 10 | mantissa);
}

/** Absolute time-out: the time in microseconds of the KIP clock is in buffer register @br. */
static inline l4_timeout_t l4_timeout_absolute(unsigned br)
{
    return (l4_timeout_t)(0x8000 | (br & 0x3f));
}
