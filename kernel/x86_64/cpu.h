/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

/* Segment selectors; user values are those of ABI 1.1. */
enum {
    SEL_KERNEL_CODE = 0x08,
    SEL_KERNEL_DATA = 0x10,
    SEL_USER_CODE32 = 0x1b,
    SEL_USER_DATA = 0x23,
    SEL_USER_CODE = 0x2b,
    SEL_TSS = 0x30,
};

enum {
    MSR_FS_BASE = 0xc0000100,
    MSR_GS_BASE = 0xc0000101,
};

enum { RFLAGS_RESERVED = 0x2, RFLAGS_TF = 0x100, RFLAGS_IF = 0x200, RFLAGS_IOPL = 0x3000,
       RFLAGS_NT = 0x4000 };

/** Descriptor tables, system-call entry, protection features. Paging is set up already. */
void cpu_init(void);

bool cpu_has_nx(void);
void cpu_enable_nx(void);

/** Bits of a physical address. */
unsigned cpu_phys_bits(void);

/** Makes entries from user mode push the frame that ends at @frame_top. */
void cpu_set_frame(void *frame_top);

/** The I/O bitmap that paging_set_io_bitmap() shows is in force, or no port is allowed. */
void cpu_allow_ports(bool allow);

/** The data segment selectors of a thread as one word: ds, es, fs, gs from the low end. */
union cpu_segments {
    struct {
        uint16_t ds, es, fs, gs;
    };
    uint64_t all;
};

static inline void cpu_store_segments(uint16_t *ds, uint16_t *es, uint16_t *fs, uint16_t *gs)
{
    __asm__ volatile("mov %%ds, %0\n\tmov %%es, %1\n\tmov %%fs, %2\n\tmov %%gs, %3"
                     : "=m"(*ds), "=m"(*es), "=m"(*fs), "=m"(*gs));
}

static inline union cpu_segments cpu_get_segments(void)
{
    union cpu_segments s;
    cpu_store_segments(&s.ds, &s.es, &s.fs, &s.gs);
    return s;
}

/** @s must name descriptors that user mode may load, or none; clobbers the base of fs and gs. */
static inline void cpu_set_segments(union cpu_segments s)
{
    __asm__ volatile("mov %0, %%ds\n\tmov %1, %%es\n\tmov %2, %%fs\n\tmov %3, %%gs"
                     :
                     : "r"((uint32_t)s.ds), "r"((uint32_t)s.es), "r"((uint32_t)s.fs),
                       "r"((uint32_t)s.gs));
}

static inline void cpu_write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

/** The same with a value from memory, whose halves go where they belong at once. */
static inline void cpu_load_msr(uint32_t msr, const uint64_t *value)
{
    const uint32_t *halves = (const uint32_t *)value;
    __asm__ volatile("wrmsr" : : "c"(msr), "a"(halves[0]), "d"(halves[1]));
}

/** The FPU may be used again; it must be for switching threads. */
static inline void cpu_allow_fpu(void)
{
    __asm__ volatile("clts");
}

/** Using the FPU is exception 7 until cpu_allow_fpu(). */
static inline void cpu_forbid_fpu(void)
{
    enum { CR0_TS = 8 };
    uint64_t cr0;
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | CR0_TS));
}

static inline uint64_t cpu_read_msr(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

/** Waits for an interrupt on an empty kernel stack; what it wakes is run. Does not return. */
__attribute__((noreturn)) void cpu_idle(void);
/** Lets pending interrupts in. If there is one it takes the stack, as if idle: no return. */
void cpu_take_interrupts(void);
/** Gives up the stack; the kernel goes on to whatever is to be done now. */
__attribute__((noreturn)) void cpu_leave(void);
/** Stops for good. */
__attribute__((noreturn)) void cpu_halt(void);

static inline uint64_t cpu_tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t cpu_fault_address(void)
{
    uint64_t cr2;
    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    return cr2;
}

static inline void cpuid(uint32_t leaf, uint32_t sub, uint32_t out[4])
{
    __asm__ volatile("cpuid"
                     : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                     : "a"(leaf), "c"(sub));
}
