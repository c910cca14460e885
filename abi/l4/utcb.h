/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

#define L4_UTCB_SIZE        0x400u
#define L4_UTCB_MR          63
#define L4_UTCB_BR          58
#define L4_UTCB_GS_OFFSET   0x1f8u /* gs base of a bound thread = UTCB + this (ABI 4.3) */

/** User-level thread control block (ABI 4.1). */
struct l4_utcb {
    uint64_t mr[L4_UTCB_MR];
    uint64_t self; /* address of this UTCB in the task, written at bind time */
    uint64_t bdr;
    uint64_t br[L4_UTCB_BR];
    uint64_t error;
    uint64_t free_marker; /* the kernel stores 0 when it will never touch this UTCB again */
    uint64_t user[3];
};

_Static_assert(offsetof(struct l4_utcb, self) == 0x1f8, "ABI 4.1");
_Static_assert(offsetof(struct l4_utcb, bdr) == 0x200, "ABI 4.1");
_Static_assert(offsetof(struct l4_utcb, error) == 0x3d8, "ABI 4.1");
_Static_assert(offsetof(struct l4_utcb, user) == 0x3e8, "ABI 4.1");
_Static_assert(sizeof(struct l4_utcb) == L4_UTCB_SIZE, "ABI 4.1");

/* Buffer descriptor register (ABI 4.2): BR index of the first receive item of each kind. */
#define L4_BDR_MEM_SHIFT 0
#define L4_BDR_IO_SHIFT  5
#define L4_BDR_OBJ_SHIFT 10
#define L4_BDR_FPU       0x1000000ull

static inline uint64_t l4_bdr(unsigned mem, unsigned io, unsigned obj)
{
    return (mem << L4_BDR_MEM_SHIFT) | (io << L4_BDR_IO_SHIFT) | (obj << L4_BDR_OBJ_SHIFT);
}

/** Register state in an exception message and in the vCPU area (ABI 4.5). */
struct l4_exc_regs {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp;
    uint64_t fault_address;
    uint64_t rbx, rdx, rcx, rax;
    uint64_t trap, error;
    uint64_t rip, cs, rflags, rsp, ss;
    uint64_t fs_base, gs_base;
    uint16_t ds, es, fs, gs;
};

#define L4_EXC_WORDS 26
_Static_assert(sizeof(struct l4_exc_regs) == L4_EXC_WORDS * 8, "ABI 4.5");
