/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

struct thread;

extern const struct object_type scheduler_type;

enum { SCHEDULER_QUANTUM_US = 10000, SCHEDULER_MAX_PRIORITY = 255 };

void scheduler_init(void);

/** Enters the READY thread @t: at the head or the tail of its priority's list. */
void scheduler_add(struct thread *t, bool first);
void scheduler_remove(struct thread *t);

/** The thread to run: the first one of the highest priority; NULL: none is ready. */
struct thread *scheduler_pick(void);

/** A tick has passed while @running ran; at the end of its slice it goes behind its peers. */
void scheduler_tick(struct thread *running);

/** @t goes behind its peers with a new slice. */
void scheduler_yield(struct thread *t);

void scheduler_idle_tick(void);
