/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Operations of the kernel objects: MR[0] of a request (ABI 7). */

enum { L4_TASK_MAP = 0, L4_TASK_UNMAP = 1, L4_TASK_CAP_INFO = 2, L4_TASK_ADD_KU_MEM = 3,
       L4_TASK_LDT = 0x11 };

enum {
    L4_THREAD_CONTROL = 0,
    L4_THREAD_EX_REGS = 1,
    L4_THREAD_SWITCH = 2,
    L4_THREAD_STATS = 3,
    L4_THREAD_VCPU_RESUME = 4,
    L4_THREAD_REGISTER_DEL_IRQ = 5,
    L4_THREAD_MODIFY_SENDERS = 6,
    L4_THREAD_VCPU_CONTROL = 7,
    L4_THREAD_DOORBELL = 8,
    L4_THREAD_PF_TRAMPOLINE = 9,
    L4_THREAD_GDT = 0x10,
    L4_THREAD_SEG_BASE = 0x12,
    L4_THREAD_SEG_INFO = 0x13,
    L4_THREAD_OP_MASK = 0xffff,
};

enum {
    L4_THREAD_SET_PAGER = 0x10000,
    L4_THREAD_BIND_TASK = 0x200000,
    L4_THREAD_ALIEN = 0x400000,
    L4_THREAD_SET_EXC_HANDLER = 0x1000000,
};

enum { L4_EX_REGS_CANCEL = 0x10000, L4_EX_REGS_TRIGGER = 0x20000 };

enum { L4_GATE_DEC_REFCNT = 0, L4_GATE_BIND = 0x10, L4_GATE_INFO = 0x11 };

enum { L4_IRQ_TRIGGER = 2, L4_IRQ_UNMASK = 4, L4_IRQ_BIND = 0x10,  /* bind: protocol KOBJECT */
       L4_IRQ_SENDER_DETACH = 1, L4_IRQ_SENDER_BIND_VCPU = 2 };    /* protocol IRQ_SENDER */

enum { L4_ICU_BIND = 0, L4_ICU_UNBIND = 1, L4_ICU_INFO = 2, L4_ICU_MSI_INFO = 3,
       L4_ICU_UNMASK = 4, L4_ICU_MASK = 5, L4_ICU_SET_MODE = 6 };

enum { L4_PLATFORM_SUSPEND = 0, L4_PLATFORM_SHUTDOWN = 1, L4_PLATFORM_CPU_SHUTDOWN = 2 };

enum { L4_SCHED_INFO = 0, L4_SCHED_RUN_THREAD = 1, L4_SCHED_IDLE_TIME = 2 };

enum { L4_SEM_DOWN = 0 };

enum { L4_LOG_WRITE = 0, L4_LOG_READ = 1, L4_LOG_SET_ATTR = 2, L4_LOG_GET_ATTR = 3,
       L4_LOG_WRITE_MAX = 488, L4_LOG_READ_MAX = 496 };

/* Debugger: MR[0] = group << 8 | operation (ABI 7.10) */
enum { L4_DBG_ENTER = 0x000, L4_DBG_PUTC = 0x001, L4_DBG_PUTS = 0x002, L4_DBG_HEX32 = 0x003,
       L4_DBG_DECIMAL = 0x008, L4_DBG_SET_NAME = 0x100, L4_DBG_GLOBAL_ID = 0x101,
       L4_DBG_POINTER_ID = 0x102, L4_DBG_LOG_TYPE = 0x103, L4_DBG_LOG_SWITCH = 0x104,
       L4_DBG_NAME_BY_ID = 0x105, L4_DBG_LOG_NAME = 0x106, L4_DBG_IMAGE_INFO = 0x107,
       L4_DBG_GET_NAME = 0x108, L4_DBG_OBJECTS = 0x110, L4_DBG_TRACE_TEXT = 0x201,
       L4_DBG_TRACE_CLEAR = 0x202, L4_DBG_TRACE_DUMP = 0x203, L4_DBG_TRACE_VALUES = 0x204,
       L4_DBG_TRACE_BINARY = 0x205, L4_DBG_TRACE_STATUS = 0x210, L4_DBG_TRACE_SLOTS = 0x211,
       L4_DBG_MEMORY = 0x500 };
#define L4_DBG_OBJECT_SIZE 64 /* bytes of a record of L4_DBG_OBJECTS */

/* Sigma0 requests: MR[0] (ABI 9) */
#define L4_SIGMA0_RAM        0xffffffffffffff60ull
#define L4_SIGMA0_IOMEM      0xffffffffffffff70ull
#define L4_SIGMA0_IOMEM_CACHED 0xffffffffffffff80ull
#define L4_SIGMA0_ANY_RAM    0xffffffffffffff90ull
#define L4_SIGMA0_KIP        0xffffffffffffffa0ull
#define L4_SIGMA0_DUMP       0xffffffffffffffc0ull
#define L4_SIGMA0_COVERAGE   0xffffffffffffffe0ull
#define L4_SIGMA0_OP_MASK    0xf0ull

/* Argument headers of a factory request (ABI 7.1) */
#define L4_ARG_UNSIGNED 0x80001ull
#define L4_ARG_FPAGE    0x80003ull
#define L4_ARG_SIGNED   0x80081ull
