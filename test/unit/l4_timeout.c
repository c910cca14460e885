/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoding of time-outs (ABI 6): never shorter than asked for, never something else. */
#include <l4/timeout.h>

#include "unit.h"

enum { ABSOLUTE = 0x8000, MANTISSA = 0x3ff };

static uint64_t decode(l4_timeout_t timeout)
{
    return (uint64_t)(timeout & MANTISSA) << (timeout >> 10);
}

/* Rounded up, by less than a 512th. */
static bool is_right(uint64_t us)
{
    l4_timeout_t timeout = l4_timeout_us(us);
    uint64_t got = decode(timeout);

    if (!(timeout & ABSOLUTE) && (timeout & MANTISSA) && got >= us && got - us <= us / 512)
        return true;
    printf("%llu us: 0x%x\n", (unsigned long long)us, timeout);
    return false;
}

TEST(rounds_up)
{
    for (unsigned order = 0; order < 41; order++)
        for (int64_t difference = -3; difference <= 3; difference++) {
            int64_t us = (int64_t)(1ull << order) + difference;
            if (us > 0)
                CHECK(is_right((uint64_t)us));
        }
    for (uint64_t us = 1; us <= L4_TIMEOUT_MAX_US; us += us / 77 + 1)
        CHECK(is_right(us));
    CHECK(is_right(L4_TIMEOUT_MAX_US));
}

TEST(ends_of_the_range)
{
    CHECK_EQ(l4_timeout_us(0), L4_TIMEOUT_ZERO);
    CHECK_EQ(l4_timeout_us(L4_TIMEOUT_MAX_US + 1), L4_TIMEOUT_NEVER);
    for (unsigned order = 41; order < 64; order++)
        for (uint64_t less = 0; less < 9; less++)
            CHECK_EQ(l4_timeout_us((1ull << order) - less), L4_TIMEOUT_NEVER);
    CHECK_EQ(l4_timeout_us(~0ull), L4_TIMEOUT_NEVER);
}

UNIT_MAIN(T(rounds_up), T(ends_of_the_range))
