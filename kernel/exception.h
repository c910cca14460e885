/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/utcb.h>

#include "types.h"

struct thread;

/** Calls the exception handler of @t with its registers; regs.trap says what happened. */
void exception_raise(struct thread *t);

/** The exception of a thread with MODE_TRAPPED before its system call, or after an allowed one. */
void exception_of_call(struct thread *t, bool after);

/** Selectors that user mode could not load become 0, non-canonical bases those given. */
void exception_clean_segments(struct l4_exc_regs *r, uint64_t fs_base, uint64_t gs_base);

/** The flags of @rflags that user mode may have. */
uint64_t exception_clean_flags(uint64_t rflags);

/**
 * Loads all of @wanted up to ss into @r, the frame of a thread that goes on with it, with cs, ss
 * and rflags cleaned. regs.trap becomes what lets entry.S load exactly that.
 */
void exception_load_frame(struct l4_exc_regs *r, const struct l4_exc_regs *wanted);

/** The handler has answered, or the call was cancelled. */
void exception_replied(struct thread *t);

/** The 26 words of the exception message of @t. */
const uint64_t *exception_message(struct thread *t);

/** Takes over the registers in a handler's answer of 26 words. */
void exception_set_regs(struct thread *t, const uint64_t *message);
