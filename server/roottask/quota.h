/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What each boot module gets: the built-in table, and what the configuration makes of it
 * (config.h).
 */

enum quota_may {
    MAY_RAM = 0x1, /* RAM by the Sigma0 protocol, within its quota of memory */
    MAY_DRIVE_CARDS = 0x2, /* PCI: ports and interrupts that firmware chooses */
    MAY_END = 0x4, /* S on its gate to roottask: ends the machine and other modules */
};

enum { QUOTA_RANGES = 8, QUOTA_IRQS = 32, QUOTA_CHILDREN = 32, QUOTA_PRIORITY_MAX = 255 };

#define QUOTA_NO_LIMIT (~0ull)
#define QUOTA_ANY_NUMBER (~0u)

/** Half open: of I/O ports, or of physical addresses. */
struct quota_range {
    uint64_t start, end;
};

struct quota {
    unsigned kernel_share; /* thousandths of the kernel's heap: for its objects and mappings */
    unsigned priority;     /* of its first thread, 1..255 */
    unsigned may;          /* enum quota_may */

    uint64_t kernel_max;       /* bytes, in place of the share; 0: the share counts */
    uint64_t memory_max;       /* bytes of RAM, program and stack included */
    struct quota_range memory; /* and where */
    uint32_t irqs;             /* bit n: interrupt line n */
    unsigned irq_max;          /* so many of them at a time */
    unsigned child_max;        /* tasks at a time; any number: the kernel's own factory */
    unsigned attached;         /* modules behind it that are files of its own */
    unsigned mcp;              /* the highest priority it may give to its threads */
    unsigned port_count, device_count;
    struct quota_range ports[QUOTA_RANGES];   /* I/O ports */
    struct quota_range devices[QUOTA_RANGES]; /* I/O memory */
};

/** The built-in entry of the module called @name; modules without one share the last entry. */
struct quota quota_built_in(const char *name);

/** True if all of @wish is in one of the @count ranges at @ranges. */
bool quota_allows(const struct quota_range *ranges, unsigned count, struct quota_range wish);
