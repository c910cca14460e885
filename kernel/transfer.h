/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "thread.h"

/**
 * Copies the words of the message of @from to @to, which waits for it, and carries out its typed
 * items. Returns 0, or the (even) error code of the sender; the receiver's is one more.
 */
unsigned transfer_message(struct thread *from, struct thread *to);

/** A receive item, decoded (ABI 5.5). */
struct window {
    l4_fpage_t fpage;
    struct task *task; /* where the window is: the receiver's, or the one it forwards to */
    bool local_id;
    unsigned length;   /* BRs used */
};

/** The first object receive item of @t; false if there is none (a new object has no place). */
bool object_window(struct thread *t, struct window *window);
