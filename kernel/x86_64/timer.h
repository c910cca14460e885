/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

#define TIMER_PIN     0    /* of the interrupt controller */
#define TIMER_TICK_US 1000

/** Measures the TSC, fills the scalers of the KIP, starts the periodic tick. */
void timer_init(void);

/** Microseconds since reset: the clock of the KIP and of absolute time-outs. */
uint64_t timer_now(void);
