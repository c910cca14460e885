/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/msgtag.h>

struct thread;

/** Page fault of @t at regs.fault_address: resolved for sigma0, a call to the pager for others. */
void fault_page(struct thread *t);

/** The pager's answer is in t->ipc.result. */
void fault_replied(struct thread *t);

/** Saves the parts of the UTCB that a kernel-made call uses, and sets its receive window. */
void fault_begin_call(struct thread *t);
void fault_end_call(struct thread *t);

/** Sends t->ipc as a call through the capability @selector of its task. False: no partner. */
bool fault_call(struct thread *t, uint64_t selector);
