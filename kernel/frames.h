/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

/* The kernel heap: page frames in one physical range, seen through the direct map. */

#define FRAMES_MAX_ORDER 10 /* largest block: 4 MiB */

/** Takes [@start, @end), page aligned and direct mapped, as the kernel heap. */
void frames_init(paddr_t start, paddr_t end);

/** 2^@order contiguous zeroed pages, aligned to their size; NULL if there are none. */
void *frames_alloc(unsigned order);
void frames_free(void *block, unsigned order);

size_t frames_total(void);
size_t frames_unused(void);

/** True if the free lists, the map and the count agree: for the audit. */
bool frames_are_sound(void);

/** True if [@start, @end) touches the kernel heap. */
bool frames_contain(uint64_t start, uint64_t end);
