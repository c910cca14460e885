/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "idl/exec.h"
#include "server/piece.h"

/*
 * What a provider's own manager has is copied into exec's memory before anybody looks at it (design
 * rule 8). The thread that does so can be stopped anywhere, and its faults are messages to another.
 */

#define COPY_MAX      ((uint64_t)EXEC_IMAGE_MAX) /* bytes of one file */
#define COPY_BOUND_US 10000000ull    /* then the manager counts as broken */

/** A file in somebody's dataspace, and where its bytes go. */
struct copy {
    l4_cap_t from;
    uint64_t offset, size;
    l4_cap_t to; /* empty slot for the new dataspace, on exec's session */
    struct piece_window source, target; /* where pages of the two appear meanwhile */
};

/** Copies all of it. -ERR_ETRANSFER, -ERR_ENOMEM, -ERR_ETOOMANY more than COPY_MAX. */
long copy_file(const struct copy *copy);

/** Nothing remains mapped, wherever copy_file() was stopped. */
void copy_clean(const struct copy *copy);
