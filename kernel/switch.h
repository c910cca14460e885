/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "io_space.h"
#include "thread.h"

/** Stores the state of the CPU that is no general register to @old, loads that of @t. */
static inline void switch_thread(struct thread *old, struct thread *t)
{
    struct task *task = t->here;
    struct l4_exc_regs *r = &old->regs;
    union cpu_segments wanted = regs_segments(&t->regs);
    cpu_store_segments(&r->ds, &r->es, &r->fs, &r->gs);
    if (regs_segments(r).all != wanted.all)
        cpu_set_segments(wanted);
    cpu_load_msr(MSR_FS_BASE, &t->regs.fs_base);
    cpu_load_msr(MSR_GS_BASE, &t->regs.gs_base);
    fpu_switch(&old->fpu, &t->fpu);
    current = t;
    if (task->io_bitmap != io_shown)
        io_show(task);
    space_load(&task->space);
    cpu_set_frame((char *)t + THREAD_FRAME_TOP);
}
