/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/utcb.h>

/* Page-fault trampoline (ABI 8.6): a thread handles its own page faults. */

#define L4_PF_TRAMPOLINE_FEATURE "pf_tramp"

enum { L4_PF_IN_PROGRESS = 1, L4_PF_RAISE_AFTERWARDS = 2 };

/** Sub-operations of thread operation 9 */
enum { L4_PF_SETUP = 0x00000, L4_PF_RESUME = 0x10000, L4_PF_REFLECT = 0x20000,
       L4_PF_DISABLE = 0x30000, L4_PF_ENABLE = 0x40000 };

#define L4_PF_FRAME_WORDS 23 /* of struct l4_exc_regs, up to ss */

struct l4_pf_trampoline {
    uint64_t handler_ip;
    uint64_t user[2];
    uint64_t saved_mr0;
    uint64_t flags;
    uint64_t frame[L4_PF_FRAME_WORDS]; /* at the fault */
};

_Static_assert(offsetof(struct l4_pf_trampoline, flags) == 0x20, "ABI 8.6");
_Static_assert(offsetof(struct l4_pf_trampoline, frame) == 0x28, "ABI 8.6");
_Static_assert(sizeof(struct l4_pf_trampoline) == 0xe0, "ABI 8.6");
