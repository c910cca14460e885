/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/**
 * A physical address, which is roottask's own address of the same memory: all it has is mapped
 * one-to-one.
 */
typedef struct {
    uint64_t raw;
} paddr_t;

/** An address in a boot module's address space. */
typedef struct {
    uint64_t raw;
} maddr_t;

static inline void *pointer_to(paddr_t address)
{
    return (void *)(uintptr_t)address.raw;
}
