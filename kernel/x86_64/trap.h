/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/utcb.h>

#include "types.h"

enum {
    TRAP_DEBUG = 1,
    TRAP_NMI = 2,
    TRAP_BREAKPOINT = 3,
    TRAP_DOUBLE_FAULT = 8,
    TRAP_GENERAL_PROTECTION = 13,
    TRAP_PAGE_FAULT = 14,
    TRAP_MACHINE_CHECK = 18,
    TRAP_IRQ = 32, /* first of the 16 interrupt pins */
    TRAP_VECTORS = 48,
    TRAP_CALL = 0xfd,         /* a system call of a thread that makes none itself */
    TRAP_VCPU_MESSAGE = 0xfe, /* a message for a vCPU */
    TRAP_RAISED = 0xff,   /* exception asked for by ex_regs */
    TRAP_SYSCALL = 0x100, /* in regs.trap: rcx and r11 are free, sysret may be used */
};

/* entry.S */
extern const uint64_t trap_entries[TRAP_VECTORS];
void syscall_entry(void);
void syscall_entry32(void);

/** Called by entry.S with the user frame in current->regs. */
void trap_from_user(void);
/** Called by entry.S with the frame on the kernel stack: idle was interrupted, or a bug. */
void trap_from_kernel(struct l4_exc_regs *frame);

/** Carries out a `syscall`. The user frame to load next; NULL: that is up to kernel_leave(). */
typedef struct l4_exc_regs *syscall_function(void);
syscall_function syscall_from_user;
/** `syscall` of a thread with MODE_TRAPPED is an exception. */
syscall_function syscall_trapped;
/**
 * What entry.S calls for `syscall`: `syscall_plain`, unless a thread with MODE_TRAPPED is in user
 * mode; that one is syscall_from_user() unless messages are recorded (debugger_trace.c).
 */
extern syscall_function *syscall_handler, *syscall_plain;
