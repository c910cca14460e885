/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

struct thread;

/*
 * The last things worth a look, in a ring: messages while recording is on, notes of programs
 * always. Recording exchanges the function that entry.S calls for a system call, so it costs
 * nothing as long as it is off.
 */
enum { TRACE_RECORDS = 64, TRACE_TEXT = 40 };

/** What a program notes; the kernel keeps TRACE_TEXT bytes of the text. */
struct trace_note {
    const uint64_t *values; /* three, or NULL */
    const char *text;
    uint64_t size;
};

/** True while messages are recorded. */
extern bool trace_on;

void trace_switch(bool on);
void trace_note(const struct thread *by, struct trace_note note);
void trace_clear(void);

/** All records on the console, oldest first. */
void trace_dump(void);

/** The call that the kernel has just made in the name of @t, to its pager or handler. */
void trace_kernel_call(const struct thread *t);
