/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>
#include "sigma0/regions.h"

/*
 * Owners in the memory map of sigma0, besides its clients, whose numbers start at 4 (the root
 * task).
 */
enum sigma0_owner {
    SIGMA0_FREE = REGION_FREE,
    SIGMA0_KERNEL = 1, /* reserved: kernel and firmware */
    SIGMA0_SELF = 2,   /* sigma0's image, and the entries of its tables */
    SIGMA0_DEVICES = 3, /* RAM with tables of the firmware: given as I/O memory */
    SIGMA0_ROOT = 4,
};

/**
 * Builds the memory map from the descriptors of @kip (ABI 9, 10.2): conventional RAM is free; what
 * later descriptors say overrides it. Only what was conventional is counted. Whole pages: free
 * ranges shrink, others grow. False: fewer spares than regions.
 */
bool sigma0_map(struct regions *map, const struct l4_kip *kip);
