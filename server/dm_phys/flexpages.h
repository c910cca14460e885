/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/types.h"

/** A piece of memory that is to appear elsewhere: @size bytes at @from here, at @spot there. */
struct flexpages_range {
    uint64_t from;
    uint64_t spot;
    uint64_t size;
};

/**
 * Cuts @range (all page aligned) into the largest possible flexpages with @rights, at most @max of
 * them, from the start on. *@count: how many. Result: bytes that they cover.
 */
uint64_t flexpages_cut(const struct flexpages_range *range, unsigned rights, uint32_t max,
                       struct ipc_page *pages, uint32_t *count);
