/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/msgtag.h>
#include <l4/pf_trampoline.h>

struct invocation;
struct thread;

/** Where a thread handles its own page faults (ABI 8.6). */
struct trampoline {
    struct l4_pf_trampoline *area; /* kernel address, in ku_mem of its task; NULL: none */
    uint64_t address;              /* the same in its task */
};

/** Operation 9 on @t. */
l4_msgtag_t trampoline_op(struct thread *t, struct invocation *call);

/** The page fault @word of @t, which has MODE_TRAMPOLINE: it goes on in its handler, once. */
void trampoline_enter(struct thread *t, uint64_t word);
