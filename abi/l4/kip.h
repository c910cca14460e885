/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

#define L4_KIP_MAGIC        0x4be6344cu
#define L4_KIP_VERSION      0x87034444u
#define L4_KIP_VERSION_MASK 0xff00ffffu
#define L4_KIP_CLOCK_US     0x900u /* offset of a function: clock in us in rax (ABI 10.4) */
#define L4_KIP_CLOCK_NS     0x980u
#define L4_PHDR_KIP         0x10 /* program header types of a kernel image (ABI 11.1) */
#define L4_PHDR_OPTIONS     0x11

/** Kernel info page (ABI 10.1). */
struct l4_kip {
    uint32_t magic;
    uint32_t version;
    uint8_t strings_at; /* offset of the version string / 16 */
    uint8_t fill0[3];
    uint8_t kip_syscalls;
    uint8_t node;
    uint8_t fill1[2];
    uint64_t sigma0_entry;
    uint64_t root_entry;
    volatile uint64_t clock_us;
    uint64_t cpu_khz;
    uint64_t rsdp;
    uint64_t device_tree;
    uint64_t user_pointer; /* physical address of struct l4_mod_info */
    uint64_t internal;
    uint32_t granularity_us;
    uint32_t mem_desc_at; /* offset of the memory descriptors */
    uint32_t mem_desc_slots;
    uint8_t reserved0[20];
    char platform[16];
    uint32_t is_mp;
    uint8_t reserved1[12];
};

_Static_assert(offsetof(struct l4_kip, clock_us) == 0x20, "ABI 10.1");
_Static_assert(offsetof(struct l4_kip, granularity_us) == 0x50, "ABI 10.1");
_Static_assert(offsetof(struct l4_kip, platform) == 0x70, "ABI 10.1");
_Static_assert(sizeof(struct l4_kip) == 0x90, "ABI 10.1");

/** Memory descriptor (ABI 10.2). */
struct l4_mem_desc {
    uint64_t low;  /* start | virtual 0x200 | eager 0x100 | sub-type << 4 | type */
    uint64_t high; /* last byte; low ten bits read as ones */
};

enum l4_mem_type {
    L4_MEM_UNDEFINED = 0x0,
    L4_MEM_CONVENTIONAL = 0x1,
    L4_MEM_RESERVED = 0x2, /* sub-types: 0 kernel image, 1 kernel heap, 2 MMIO */
    L4_MEM_DEDICATED = 0x3,
    L4_MEM_SHARED = 0x4,
    L4_MEM_KERNEL_TMP = 0x7,
    L4_MEM_INFO = 0xd,
    L4_MEM_BOOTLOADER = 0xe, /* sub-type: rights 4 r, 2 w, 1 x */
    L4_MEM_ARCH = 0xf,       /* sub-types: 3 ACPI tables, 4 ACPI NVS */
};

#define L4_MEM_VIRTUAL 0x200ull

static inline struct l4_mem_desc l4_mem_desc(uint64_t start, uint64_t end, enum l4_mem_type type,
                                             unsigned subtype)
{
    return (struct l4_mem_desc){(start & ~0x3ffull) | (subtype << 4) | type, (end - 1) | 0x3ff};
}

static inline uint64_t l4_mem_desc_start(struct l4_mem_desc d)
{
    return d.low & ~0x3ffull;
}

/** End, exclusive. */
static inline uint64_t l4_mem_desc_end(struct l4_mem_desc d)
{
    return (d.high | 0x3ff) + 1;
}

static inline enum l4_mem_type l4_mem_desc_type(struct l4_mem_desc d)
{
    return (enum l4_mem_type)(d.low & 0xf);
}

static inline unsigned l4_mem_desc_subtype(struct l4_mem_desc d)
{
    return (d.low >> 4) & 0xf;
}

/** Module information, at KIP user pointer (ABI 11.3). All addresses physical. */
struct l4_mod_info {
    uint64_t flags;
    uint64_t cmdline;
    uint64_t mods;
    uint32_t count;
    uint32_t pad;
    uint64_t vbe_ctrl;
    uint64_t vbe_mode;
};

struct l4_mod {
    uint64_t flags; /* & 7: L4_MOD_* */
    uint64_t start;
    uint64_t end; /* exclusive */
    uint64_t cmdline;
};

enum { L4_MOD_PLAIN = 0, L4_MOD_KERNEL = 1, L4_MOD_SIGMA0 = 2, L4_MOD_ROOT = 3, L4_MOD_MASK = 7 };

_Static_assert(sizeof(struct l4_mod_info) == 0x30, "ABI 11.3");
_Static_assert(sizeof(struct l4_mod) == 0x20, "ABI 11.3");
