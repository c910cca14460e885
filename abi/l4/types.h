/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A capability selector (ABI 2.1): slot index << 12, operation flags in bits 0..3.
 * Plain integer because the kernel computes with it; make one with l4_cap().
 */
typedef uint64_t l4_cap_t;

#define L4_PAGE_SHIFT 12
#define L4_PAGE_SIZE  (1ull << L4_PAGE_SHIFT)
#define L4_PAGE_MASK  (~(L4_PAGE_SIZE - 1))

#define L4_CAP_SHIFT     12
#define L4_CAP_OFFSET    (1ull << L4_CAP_SHIFT)
#define L4_CAP_MASK      (~0ull << 10)
#define L4_CAP_SLOTS     0x10000
#define L4_INVALID_BIT   0x800ull
#define L4_REPLY_BIT     0x400ull

#define L4_INVALID_CAP        (~0ull << 11) /* as selector: the invoking thread itself */
#define L4_INVALID_REPLY_CAP  (~0ull << 10) /* with reply or wait flags: the implicit reply slot */
#define L4_REPLY_SLOTS        0x40000

/** Selector of capability slot @index. */
static inline l4_cap_t l4_cap(uint64_t index)
{
    return index << L4_CAP_SHIFT;
}

/** Slot index of selector @cap. */
static inline uint64_t l4_cap_index(l4_cap_t cap)
{
    return cap >> L4_CAP_SHIFT;
}

/** Selector of explicit reply slot @index (ABI 2.4). */
static inline l4_cap_t l4_reply_cap(uint64_t index)
{
    return (index << L4_CAP_SHIFT) | L4_REPLY_BIT;
}

/* Slots that sigma0 and the root task find filled (ABI 2.2). */
#define L4_BASE_TASK_CAP      0x1000ull
#define L4_BASE_FACTORY_CAP   0x2000ull
#define L4_BASE_THREAD_CAP    0x3000ull
#define L4_BASE_PAGER_CAP     0x4000ull
#define L4_BASE_LOG_CAP       0x5000ull
#define L4_BASE_ICU_CAP       0x6000ull
#define L4_BASE_SCHEDULER_CAP 0x7000ull
#define L4_BASE_IOMMU_CAP     0x8000ull
#define L4_BASE_DEBUGGER_CAP  0xa000ull

/* Operation flags, bits 0..3 of the selector (ABI 1.2). */
enum {
    L4_SYSF_SEND = 0x1,
    L4_SYSF_RECV = 0x2,
    L4_SYSF_OPEN_WAIT = 0x4,
    L4_SYSF_REPLY = 0x8,
    L4_SYSF_CALL = 0x3,
    L4_SYSF_WAIT = 0x6,
    L4_SYSF_SEND_AND_WAIT = 0x7,
    L4_SYSF_REPLY_AND_WAIT = 0xf,
};

/** Capability rights (ABI 2.3). Not to be mixed with rights of memory. */
enum {
    L4_CAP_W = 0x1,
    L4_CAP_S = 0x2,
    L4_CAP_R = 0x4,
    L4_CAP_D = 0x8,
    L4_CAP_RW = L4_CAP_R | L4_CAP_W,
    L4_CAP_RWS = L4_CAP_R | L4_CAP_W | L4_CAP_S,
    L4_CAP_RWSD = 0xf,
};
