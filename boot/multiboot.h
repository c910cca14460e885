/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/** What the multiboot loader told us, copied to where nothing overwrites it. */
#include "boot/regions.h"

enum { TEXT_MAX = 32768 };

struct module {
    struct phys_range file;
    const char *cmdline; /* as the loader gave it, quotes included */
    char name[32];       /* last path component of the first word, cut: for messages */
};

struct boot_info {
    struct memory_map memory;
    struct module module[MODULE_MAX];
    unsigned modules;
    char text[TEXT_MAX]; /* the command lines */
    unsigned text_used;
};

/**
 * Read the multiboot (version 1) information at @info. Stops with a message if @magic is wrong, if
 * there is no memory map, or if there are more modules or longer command lines than we keep.
 */
void multiboot_read(uint32_t magic, const void *info, struct boot_info *boot);
