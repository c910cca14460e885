/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/utcb.h>

/* vCPU mode (ABI 4.6, 8.5). */

#define L4_VCPU_VERSION 0x26
#define L4_VCPU_RESERVE 0x200 /* bytes to set aside for a state area */

/** `state` and `saved_state` */
enum {
    L4_VCPU_F_IRQ = 0x01,         /* messages may interrupt */
    L4_VCPU_F_PAGE_FAULTS = 0x02,
    L4_VCPU_F_EXCEPTIONS = 0x04,
    L4_VCPU_F_USER_MODE = 0x20,   /* runs in the user task; the three above are then set */
    L4_VCPU_F_FPU_ENABLED = 0x80, /* user mode may use the FPU */
};

enum { L4_VCPU_SF_IRQ_PENDING = 0x01 }; /* `sticky_flags`: somebody waits to send */

/** Low bits of `user_task`. */
enum { L4_VCPU_TASK_CACHED = 0x1, L4_VCPU_TASK_DROP = 0x8 };

enum { L4_VCPU_CONTROL_EXTENDED = 0x10000 }; /* flag of thread operation 7 */

/** State area of a vCPU, in ku_mem of the thread's task. */
struct l4_vcpu {
    uint64_t version;       /* written by the kernel: L4_VCPU_VERSION */
    uint64_t user[7];
    struct l4_exc_regs regs;
    uint64_t ipc0, ipc_label, ipc2[5], ipc_tag;
    uint16_t state, saved_state, sticky_flags, reserved;
    uint64_t user_task;
    uint64_t entry_sp, entry_ip, kernel_sp;
    uint64_t host_fs_base, host_gs_base;
    uint16_t host_ds, host_es, host_fs, host_gs;
    uint16_t user_ds32, user_cs64, user_cs32, pad; /* written by the kernel */
};

_Static_assert(offsetof(struct l4_vcpu, regs) == 0x40, "ABI 4.6");
_Static_assert(offsetof(struct l4_vcpu, ipc_label) == 0x118, "ABI 4.6");
_Static_assert(offsetof(struct l4_vcpu, ipc_tag) == 0x148, "ABI 4.6");
_Static_assert(offsetof(struct l4_vcpu, state) == 0x150, "ABI 4.6");
_Static_assert(offsetof(struct l4_vcpu, user_task) == 0x158, "ABI 4.6");
_Static_assert(offsetof(struct l4_vcpu, host_fs_base) == 0x178, "ABI 4.6");
_Static_assert(offsetof(struct l4_vcpu, user_cs32) == 0x194, "ABI 4.6");
_Static_assert(sizeof(struct l4_vcpu) == 0x198, "ABI 4.6");
