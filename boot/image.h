/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/** ELF programs that are loaded to the physical addresses of their segments. */
#include <stdbool.h>
#include <stdint.h>

#include "boot/regions.h"

enum { IMAGE_SEGMENTS = 8 };

struct segment {
    uint64_t offset;         /* in the file */
    uint64_t file_size;      /* bytes from the file; the rest of `memory` is zeroed */
    struct phys_range memory;
    uint64_t virtual_start;
    unsigned rights;         /* 4 read, 2 write, 1 execute */
};

struct image {
    struct segment segment[IMAGE_SEGMENTS];
    unsigned segments;
    uint64_t entry;              /* physical */
    struct phys_range kip;       /* program header of type 0x10; empty: none */
    struct phys_range options;   /* program header of type 0x11; empty: none */
};

/**
 * Parse the ELF file of @size bytes at @file. Null and @image filled in, or the reason why it
 * cannot be loaded. Segments lie within the file, do not wrap and do not overlap each other; the
 * entry and the two kernel records lie inside segments.
 */
const char *image_parse(const void *file, uint64_t size, struct image *image);

/** Copy the segments of a parsed and placed image to their memory. */
void image_load(const void *file, const struct image *image);
