/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <l4/kip.h>

/* The boot modules that are files: found by the last component of their path. */

#define FILES_MAX     256
#define FILE_NAME_MAX 63

/** One file: its bytes lie at @start in our address space, which is their physical address. */
struct file {
    char name[FILE_NAME_MAX + 1];
    const void *start;
    uint64_t size;
};

struct files {
    struct file table[FILES_MAX];
    unsigned count;
};

/**
 * Takes the modules of @info, whose addresses are all mapped one-to-one here. A module that has no
 * name, ends before it begins, or has a name that is in use already is passed by (the first one
 * counts). Returns how many were passed by, those past FILES_MAX included.
 */
unsigned files_init(struct files *files, const struct l4_mod_info *info);

/**
 * The file that the path @name ends with: "x", "/boot/x", "(nd)/tftpboot/x" and "(nd)x" all mean x.
 * Null if there is none.
 */
const struct file *files_find(const struct files *files, const char *name);
