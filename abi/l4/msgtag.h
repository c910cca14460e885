/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/** Message tag (ABI 3.1). */
typedef struct {
    uint64_t raw;
} l4_msgtag_t;

#define L4_MSGTAG_TRANSFER_FPU 0x1000u
#define L4_MSGTAG_SCHEDULE     0x2000u
#define L4_MSGTAG_PROPAGATE    0x4000u
#define L4_MSGTAG_ERROR        0x8000u
#define L4_MSGTAG_FLAGS        0xf000u

#define L4_MAX_WORDS 63
#define L4_MAX_ITEMS 31

/** Builds a tag: label (protocol or result), untyped words 0..63, items 0..31, flags. */
static inline l4_msgtag_t l4_msgtag(long label, unsigned words, unsigned items, unsigned flags)
{
    return (l4_msgtag_t){((uint64_t)label << 16) | (words & 0x3f) | ((items & 0x3f) << 6) | flags};
}

static inline long l4_msgtag_label(l4_msgtag_t tag)
{
    return (long)((int64_t)tag.raw >> 16);
}

static inline unsigned l4_msgtag_words(l4_msgtag_t tag)
{
    return tag.raw & 0x3f;
}

static inline unsigned l4_msgtag_items(l4_msgtag_t tag)
{
    return (tag.raw >> 6) & 0x3f;
}

static inline unsigned l4_msgtag_flags(l4_msgtag_t tag)
{
    return tag.raw & L4_MSGTAG_FLAGS;
}

/** True if the IPC itself failed; the code is in the UTCB (ABI 1.4). */
static inline bool l4_msgtag_has_error(l4_msgtag_t tag)
{
    return tag.raw & L4_MSGTAG_ERROR;
}

/* Protocol values: label of a request (ABI 3.3). */
enum {
    L4_PROTO_NONE = 0,
    L4_PROTO_ALLOW_SYSCALL = 1,
    L4_PROTO_IRQ = -1,
    L4_PROTO_PAGE_FAULT = -2,
    L4_PROTO_EXCEPTION = -5,
    L4_PROTO_SIGMA0 = -6,
    L4_PROTO_IO_PAGE_FAULT = -8,
    L4_PROTO_THREAD_GROUP = -9,
    L4_PROTO_KOBJECT = -10,
    L4_PROTO_TASK = -11,
    L4_PROTO_THREAD = -12,
    L4_PROTO_LOG = -13,
    L4_PROTO_SCHEDULER = -14,
    L4_PROTO_FACTORY = -15,
    L4_PROTO_VM = -16,
    L4_PROTO_DMA_SPACE = -17,
    L4_PROTO_IRQ_SENDER = -18,
    L4_PROTO_SEMAPHORE = -20,
    L4_PROTO_META = -21,
    L4_PROTO_IOMMU = -22,
    L4_PROTO_DEBUGGER = -23,
    L4_PROTO_SMCCC = -24,
    L4_PROTO_VCPU_CONTEXT = -25,
};
