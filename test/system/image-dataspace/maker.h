/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include <l4/types.h>

/* ELF images made in memory of this task. */

#define MAKER_MARK "the mark of this version: "

struct made {
    l4_cap_t dataspace;
    char *memory;    /* where it is attached */
    uint64_t offset; /* of the image in it */
    uint64_t size;   /* bytes of the image */
};

/**
 * A copy of the file t_made that says "mine" instead of "file", at @offset of its dataspace. False:
 * it failed.
 */
int make_copy(struct made *made, uint64_t offset);

/** A static program of one instruction, ud2, at 0x400100. */
int make_by_hand(struct made *made);

/** Gives all of it back. */
void made_free(struct made *made);
