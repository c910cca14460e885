/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/error.h>
#include <l4/fpage.h>
#include <l4/msgtag.h>
#include <l4/ops.h>
#include <l4/timeout.h>
#include <l4/types.h>
#include <l4/utcb.h>

/** The UTCB of the calling thread (ABI 4.3: the word at gs:0 is its address). */
static inline struct l4_utcb *l4_utcb(void)
{
    struct l4_utcb *utcb;
    __asm__("mov %%gs:0, %0" : "=r"(utcb));
    return utcb;
}

/**
 * The one system call: invoke the capability @selector (with L4_SYSF_* flags in its low bits).
 * @label goes in and comes out in rsi: may be null when neither is wanted (ABI 1.1).
 */
static inline l4_msgtag_t l4_invoke(l4_cap_t selector, l4_msgtag_t tag, uint64_t *label,
                                    l4_timeouts_t timeouts)
{
    uint64_t rsi = label ? *label : 0;
    uint64_t rdx = selector;
    register uint64_t r8 __asm__("r8") = timeouts.raw;
    __asm__ volatile("syscall"
                     : "+a"(tag.raw), "+d"(rdx), "+S"(rsi)
                     : "r"(r8)
                     : "rcx", "r11", "r15", "rdi", "memory");
    if (label)
        *label = rsi;
    return tag;
}

/** Call: send to @cap, then wait for its answer. */
static inline l4_msgtag_t l4_ipc_call(l4_cap_t cap, l4_msgtag_t tag, l4_timeouts_t timeouts)
{
    return l4_invoke(cap | L4_SYSF_CALL, tag, NULL, timeouts);
}

/** Send to @cap without waiting for an answer. */
static inline l4_msgtag_t l4_ipc_send(l4_cap_t cap, l4_msgtag_t tag, l4_timeouts_t timeouts)
{
    return l4_invoke(cap | L4_SYSF_SEND, tag, NULL, timeouts);
}

/** Closed wait for a message from @cap. */
static inline l4_msgtag_t l4_ipc_receive(l4_cap_t cap, l4_timeouts_t timeouts)
{
    return l4_invoke(cap | L4_SYSF_RECV, (l4_msgtag_t){0}, NULL, timeouts);
}

/** Open wait; the caller is kept in reply slot @reply (L4_INVALID_CAP: the implicit one). */
static inline l4_msgtag_t l4_ipc_wait(l4_cap_t reply, uint64_t *label, l4_timeouts_t timeouts)
{
    return l4_invoke(reply | L4_SYSF_WAIT, (l4_msgtag_t){0}, label, timeouts);
}

/** Answers the caller in reply slot @reply, then open wait with the same slot. */
static inline l4_msgtag_t l4_ipc_reply_and_wait(l4_cap_t reply, l4_msgtag_t tag, uint64_t *label,
                                                l4_timeouts_t timeouts)
{
    return l4_invoke(reply | L4_SYSF_REPLY_AND_WAIT, tag, label, timeouts);
}

/** Answers the caller in reply slot @reply and does not wait. */
static inline l4_msgtag_t l4_ipc_reply(l4_cap_t reply, l4_msgtag_t tag, l4_timeouts_t timeouts)
{
    return l4_invoke(reply | L4_SYSF_SEND | L4_SYSF_REPLY, tag, NULL, timeouts);
}

/** Sleeps for @us microseconds; above L4_TIMEOUT_MAX_US for ever. A receive from oneself, timed. */
static inline void l4_sleep_us(uint64_t us)
{
    l4_ipc_receive(L4_INVALID_CAP, l4_timeouts(L4_TIMEOUT_NEVER, l4_timeout_us(us)));
}

/** IPC error code of the last call that returned L4_MSGTAG_ERROR (ABI 1.4). */
static inline long l4_ipc_code(void)
{
    return (long)(l4_utcb()->error & 0x1f);
}

/** Result of an operation from its reply tag: the label, or -(2000 + code) if the IPC failed. */
static inline long l4_result(l4_msgtag_t tag)
{
    if (l4_msgtag_has_error(tag))
        return -(L4_EIPC + l4_ipc_code());
    return l4_msgtag_label(tag);
}

/** Puts one send item at MR[@mr], MR[@mr + 1]. */
static inline void l4_put_item(unsigned mr, uint64_t word0, l4_fpage_t fpage)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[mr] = word0 | L4_ITEM_MAP;
    u->mr[mr + 1] = fpage.raw;
}

/**
 * Puts @cap as an argument item for a kernel object at MR[@mr]. Without D, which no argument needs:
 * a server may answer in the object's place (as for a task's scheduler), and D stays here (design
 * rule 4).
 */
static inline void l4_put_cap(unsigned mr, l4_cap_t cap)
{
    l4_put_item(mr, 0, l4_fpage_obj(cap, 0, L4_CAP_RWS));
}

/** Receive buffer for one capability into the slot of @target; nothing else is received. */
static inline void l4_receive_cap(l4_cap_t target)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = 0;
    u->br[0] = (target & L4_PAGE_MASK) | L4_RCV_SMALL | L4_RCV_MAP;
    u->br[1] = 0;
}

/** Receive buffer for memory into @window (l4_fpage_all(): anywhere, one-to-one by hot spot). */
static inline void l4_receive_window(l4_fpage_t window)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = 0;
    u->br[0] = L4_RCV_MAP;
    u->br[1] = window.raw;
    u->br[2] = 0;
}

/** Refuses all items of the next received message. */
static inline void l4_receive_nothing(void)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = 0;
    u->br[0] = 0;
}
