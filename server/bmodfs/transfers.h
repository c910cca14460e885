/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include "ipc/server.h"

/* Requests to open a file: they wait in a row until the copier has time for them. */

#define TRANSFERS_MAX   32
#define TRANSFER_BOUND_US (10 * 1000 * 1000ull) /* then the manager counts as broken */

struct file;

/** One request. */
struct transfer {
    const struct file *file;
    l4_cap_t dm;
    l4_cap_t dataspace;
    struct ipc_later later;
};

/** Ring: entries [first, first + count) modulo TRANSFERS_MAX, the first one is being worked on. */
struct transfers {
    struct transfer ring[TRANSFERS_MAX];
    unsigned first, count;
};

/** The entry that comes last, to be filled in; null if the row is full. */
struct transfer *transfers_add(struct transfers *transfers);

/** Takes the entry back that transfers_add() gave last. */
void transfers_cancel(struct transfers *transfers);

/** The first in the row, or null. */
struct transfer *transfers_first(struct transfers *transfers);

/** The first one is done with. */
void transfers_next(struct transfers *transfers);
