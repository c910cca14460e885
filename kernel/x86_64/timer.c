/* SPDX-License-Identifier: BSD-2-Clause */
#include <x86/port.h>

#include "kip.h"
#include "x86_64/cpu.h"
#include "x86_64/pic.h"
#include "x86_64/timer.h"

enum { PIT_0 = 0x40, PIT_2 = 0x42, PIT_MODE = 0x43, SPEAKER = 0x61 };
enum { PIT_HZ = 1193182 };
enum { CALIBRATION_MS = 10, CALIBRATION_RUNS = 3 };

static uint64_t us_scale; /* us = tsc * us_scale >> 32 */

/* TSC ticks while channel 2 of the PIT counts down CALIBRATION_MS. */
static uint64_t measure(void)
{
    unsigned count = PIT_HZ * CALIBRATION_MS / 1000;
    out8(SPEAKER, (uint8_t)((in8(SPEAKER) & ~2u) | 1));
    out8(PIT_MODE, 0xb0); /* channel 2, one shot */
    out8(PIT_2, (uint8_t)count);
    out8(PIT_2, (uint8_t)(count >> 8));
    uint64_t start = cpu_tsc();
    while (!(in8(SPEAKER) & 0x20))
        ;
    return cpu_tsc() - start;
}

/* The host may stop us in between, which can only make a run longer: take the shortest. */
static uint64_t tsc_hz(void)
{
    uint64_t best = measure();
    for (unsigned i = 1; i < CALIBRATION_RUNS; i++)
        best = min_u64(best, measure());
    return best * (1000 / CALIBRATION_MS);
}

/* (@numerator << @shift) / @divisor without a 128-bit division. */
static uint64_t scale(uint64_t numerator, unsigned shift, uint64_t divisor)
{
    uint64_t quotient, rest;
    __asm__("div %4"
            : "=a"(quotient), "=d"(rest)
            : "a"(numerator << shift), "d"(numerator >> (64 - shift)), "r"(divisor)
            : "cc");
    return quotient;
}

void timer_init(void)
{
    uint64_t hz = tsc_hz();
    us_scale = scale(1000000, 32, hz);
    kip_set_clock(hz / 1000, us_scale, scale(1000000000, 27, hz));
    unsigned count = PIT_HZ * TIMER_TICK_US / 1000000;
    out8(PIT_MODE, 0x34); /* channel 0, periodic */
    out8(PIT_0, (uint8_t)count);
    out8(PIT_0, (uint8_t)(count >> 8));
    pic_unmask(TIMER_PIN);
}

uint64_t timer_now(void)
{
    return (uint64_t)(((unsigned __int128)cpu_tsc() * us_scale) >> 32) - kip_stopped_us();
}
