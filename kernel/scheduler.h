/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "object.h"

struct thread;

extern const struct object_type scheduler_type;

enum { SCHEDULER_QUANTUM_US = 10000, SCHEDULER_MAX_PRIORITY = 255 };

void scheduler_init(void);

/** @t has become READY: it comes before or behind its peers of the same priority. */
void scheduler_add(struct thread *t, bool first);
/** @t is not READY any more. */
void scheduler_remove(struct thread *t);

/** @t does not go on if it is the one that runs; otherwise it is not READY anyhow. */
void scheduler_stop(struct thread *t);

/** The thread to run: the first one of the highest priority; NULL: none is ready. */
struct thread *scheduler_pick(void);

/** True if @t would run if it were READY and the one that runs stopped. */
bool scheduler_allows(const struct thread *t);

/** The one that runs has stopped, @t, which is READY and allowed to, runs in its place. */
void scheduler_hand_over(struct thread *t);

/** What scheduler_pick() returned last, if that is READY still; else NULL. */
struct thread *scheduler_running(void);

void scheduler_set_priority(struct thread *t, unsigned priority);

/** The READY threads of @priority (`ready`), but for those that run or are about to: to look at. */
struct list *scheduler_queue(unsigned priority);

/** Each READY thread has one place, others have none: for the audit. */
bool scheduler_knows(const struct thread *t);

/** True if the lists hold READY threads of their priority and are marked: for the audit. */
bool scheduler_is_sound(void);

/** A tick has passed while @interrupted ran; at the end of its slice it goes behind its peers. */
void scheduler_tick(struct thread *interrupted);

/** @t goes behind its peers with a new slice. */
void scheduler_yield(struct thread *t);

void scheduler_idle_tick(void);
