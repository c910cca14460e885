/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/** What the kernel and user land are told: kernel info page, kernel options, module information. */
#include "boot/image.h"
#include "boot/multiboot.h"
#include "boot/regions.h"

/** The three programs loaded here, and the block of modules with the information about them. */
struct placement {
    struct image kernel, sigma0, roottask;
    struct move move[MODULE_MAX];
    struct phys_range block; /* module information first, then the modules */
};

/** Bytes of module information for @boot, in whole pages. */
uint64_t modinfo_size(const struct boot_info *boot);

/** Write the module information to the start of the block (ABI 11.3). */
void modinfo_write(const struct boot_info *boot, const struct placement *place);

/**
 * Fill in the kernel's info page and options in the loaded kernel (ABI 10, 11.1). Stops with a
 * message if they are not what we know.
 */
void kip_fill(const struct boot_info *boot, const struct region_table *used,
              const struct placement *place);
