/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* What each boot module gets: the table in quota.c. */

enum quota_may {
    MAY_RAM = 0x1,     /* RAM by the Sigma0 protocol */
    MAY_DEVICES = 0x2, /* I/O memory and I/O ports by the Sigma0 protocol */
    MAY_ICU = 0x4,     /* interrupts */
    MAY_END = 0x8,     /* S on its gate to roottask: ends the machine */
};

struct quota {
    const char *name;      /* of the module */
    unsigned kernel_share; /* thousandths of the kernel's heap: for its objects and mappings */
    unsigned priority;     /* of its first thread, 1..255 */
    unsigned may;          /* enum quota_may */
};

/** The entry of the module called @name; modules without one share the last entry. */
const struct quota *quota_of(const char *name);
