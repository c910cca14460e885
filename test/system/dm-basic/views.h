/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/* Mapping dataspaces for the test: view n is 64 MB of address space, aligned. */

#define VIEW_SIZE (64ul << 20)
#define VIEW(n) (0x100000000000ul + (n) * VIEW_SIZE)

/**
 * Maps [@offset, @offset + @size) of @ds at VIEW(@view) + @offset. 0, or an error of the manager.
 */
long view_map(unsigned view, l4_cap_t ds, uint64_t offset, uint64_t size, unsigned rights);

/** Unmaps all of view @view. */
void view_unmap(unsigned view);

/** The word at byte @offset of a view that is mapped. */
static inline volatile uint64_t *word(unsigned view, uint64_t offset)
{
    return (volatile uint64_t *)(VIEW(view) + offset);
}

/** Maps one page for a moment: reads its first word; ~0 if it cannot be mapped. */
uint64_t peek(l4_cap_t ds, uint64_t page);

/** Writes it; 0 or an error. */
long poke(l4_cap_t ds, uint64_t page, uint64_t value);
