/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/kip.h>

/*
 * Entry of sigma0 and root tasks. The program defines both: its stack, by ENTRY_STACK(bytes), and
 * where to begin.
 */

#define ENTRY_STACK(size)                        \
    _Alignas(16) char entry_stack[(size)];       \
    const unsigned long entry_stack_size = (size)

extern char entry_stack[];
extern const unsigned long entry_stack_size;

/** Where the program begins. @kip: sigma0's only, address of the kernel info page (ABI 11.2). */
_Noreturn void entry_main(const struct l4_kip *kip);
