/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>

#include "types.h"

/** A piece of physical memory, [start, end). */
struct physical_range {
    paddr_t start, end;
};

/** Panics with a line that says what is missing in what bootstrap filled in. */
void kip_check(void);

/**
 * Chooses the kernel heap at the upper end of conventional memory below 4 GiB, enters it in the
 * KIP, and adds the two virtual descriptors (ABI 10.2).
 */
struct physical_range kip_take_heap(void);

/** Clock parameters: CPU frequency and the scalers of ABI 10.4. */
void kip_set_clock(uint64_t khz, uint64_t us_scale, uint64_t ns_scale);
void kip_update_clock(uint64_t now_us);

/** The clock, as user mode and timer_now() read it, goes back by @ticks of the TSC. */
void kip_stop_clock(uint64_t ticks);
uint64_t kip_stopped_us(void);

/** The option "wait" is set: somebody sits at the serial line. */
bool kip_wants_debugger(void);

uint64_t kip_sigma0_entry(void);
uint64_t kip_root_entry(void);
uint64_t kip_address(void);

/** True if sigma0 may own the page at physical address @page: not the kernel's, and existing. */
bool kip_user_may_own(uint64_t page);
