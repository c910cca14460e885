/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

struct thread;

/** Calls the exception handler of @t with its registers; regs.trap says what happened. */
void exception_raise(struct thread *t);

/** The handler has answered, or the call was cancelled. */
void exception_replied(struct thread *t);

/** The 26 words of the exception message of @t. */
const uint64_t *exception_message(struct thread *t);

/** Takes over the registers in a handler's answer of 26 words. */
void exception_set_regs(struct thread *t, const uint64_t *message);
