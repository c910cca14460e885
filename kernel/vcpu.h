/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/vcpu.h>

#include "types.h"

struct invocation;
struct task;
struct thread;

/** What a thread in vCPU mode has besides (ABI 4.6, 8.5). */
struct vcpu {
    struct l4_vcpu *area;   /* state area: kernel address, in ku_mem of the thread's task */
    uint64_t address;       /* the same in that task */
    struct task *user_task; /* pinned; the one the area names was looked up; NULL: none */
};

/** Operation 7: @t gets a state area, for ever. No right is asked for. */
l4_msgtag_t vcpu_control(struct thread *t, struct invocation *call);

/** Operation 4: @t, the caller, loads what its area says, perhaps into its user task. */
l4_msgtag_t vcpu_resume(struct thread *t, struct invocation *call);

/** True if @t is a vCPU that takes events of the kind @flag, L4_VCPU_F_*, at its entry point. */
bool vcpu_wants(const struct thread *t, unsigned flag);

/** @t, whose regs.trap and regs.error say why, stores its state and goes to its entry point. */
void vcpu_enter(struct thread *t);

/**
 * A message has come for the vCPU @t, which does not wait for one. True: @t was interrupted by it
 * and now is as in an open wait, with its area to receive the rest. False: it cannot be now.
 */
bool vcpu_interrupt(struct thread *t);

/** A sender was put into the queue of the vCPU @t. */
void vcpu_queued(struct thread *t);

/** A sender has left the queue of the vCPU @t. */
void vcpu_unqueued(struct thread *t);

/** Before it runs: @t takes a queued message, if it still wants to. */
void vcpu_take_event(struct thread *t);

/** The thread dies. */
void vcpu_end(struct thread *t);
