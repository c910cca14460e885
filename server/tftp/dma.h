/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/** Memory that a device may access: contiguous, for ever. */
struct dma {
    void *address;
    uint64_t physical;
};

/** @size bytes (rounded up to pages), zeroed. Needs the device right of our session at DM_PHYS. */
long dma_alloc(uint64_t size, struct dma *memory);
