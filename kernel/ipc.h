/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/msgtag.h>
#include <l4/timeout.h>

#include "list.h"

struct gate;
struct irq;
struct reply_slot;
struct thread;

/** On whose behalf a thread does IPC, hence what happens with the answer. */
enum ipc_kind {
    IPC_SYSCALL,    /* the thread itself: the result goes to its registers. Also without any IPC */
    IPC_PAGE_FAULT, /* the kernel, a call to the pager: fault.c */
    IPC_EXCEPTION,  /* the kernel, a call to the exception handler: exception.c */
    IPC_VCPU,       /* a message interrupts a vCPU: the result goes to its area, vcpu.c */
    IPC_ALIEN,      /* as IPC_SYSCALL, and then there is an exception: exception.c */
};

/** A member of a thread's (or gate's) queue of senders, ordered by priority, then by arrival. */
struct sender {
    struct list node;
    uint64_t id;       /* of the thread or IRQ object */
    uint8_t priority;
    bool is_irq;       /* embedded in a struct irq, else in a struct thread */
};

/**
 * The message a thread is sending or waiting for.
 *
 *   ready --send--> SENDING --receiver takes it--> (receive phase) --> RECEIVING --message--> ready
 *
 * Either arrow is skipped when the partner is already there. All fields but `sender` and `held_in`
 * are valid only while the thread is SENDING or RECEIVING.
 */
struct ipc {
    enum ipc_kind kind;
    uint8_t flags;               /* phases wanted: L4_SYSF_* */
    uint8_t rights;              /* W and S of the capability used for sending */
    l4_msgtag_t tag;             /* what is sent */
    uint64_t label;              /* what the receiver shall see in rsi */
    l4_timeouts_t timeouts;
    struct thread *receiver;     /* SENDING: in whose queue; NULL: in a gate's */
    uint64_t partner;            /* closed wait: id of the thread or IRQ awaited */
    struct reply_slot *wait_slot;/* open wait: where a caller is stored */
    struct reply_slot *held_in;  /* RECEIVING: the slot that holds this thread as caller, or NULL */
    struct sender sender;        /* SENDING: on the receiver's or gate's queue */
    uint64_t visitor;            /* waiting: id of who has begun a transfer to or from here, or 0 */
    l4_msgtag_t result;          /* kernel-made calls: the tag of the answer, ... */
    unsigned error;              /* ... and the IPC error code, 0 if there is none */
};

/**
 * A system call of @t that is a call or an answer without items to a thread that waits for it, in
 * one go. The partner, to which the CPU is to be switched; NULL: it is not that simple, and nothing
 * has been done.
 */
struct thread *ipc_fast(struct thread *t);

/** Sends t->ipc to @receiver, then does the receive phase if one is wanted. */
void ipc_send(struct thread *t, struct thread *receiver);

/** The same through a gate, whose label and thread apply. */
void ipc_send_gate(struct thread *t, struct gate *gate);

/** Answers the caller in @slot (which is emptied), then does the receive phase if wanted. */
void ipc_reply(struct thread *t, struct reply_slot *slot);

/** Receive phase alone; t->ipc.partner is set for a closed wait. */
void ipc_receive(struct thread *t);

/** Delivers @irq to its thread, or queues it there. */
void ipc_send_irq(struct irq *irq);

/** Ends the system call or kernel-made call of @t with @tag, which reaches rax. */
void ipc_finish(struct thread *t, l4_msgtag_t tag);

/** Ends it with IPC error @code: an even code is an error of the send phase (ABI 1.3). */
void ipc_fail(struct thread *t, unsigned code);

/** Takes @t out of any waiting; 0x06 or 0x07 results. Nothing if it does not wait. */
void ipc_cancel(struct thread *t);

/** The time-out of a waiting thread has expired. */
void ipc_expired(struct thread *t);

/** The dying @t leaves all queues. */
void ipc_thread_stops(struct thread *t);

/** The senders of the dead @t are released with 0x06; pauses (work.h). */
void ipc_thread_dies(struct thread *t);

/** Makes the receive phase of @t, interrupted or put off, again. */
void ipc_receive_again(struct thread *t);

/** Lets all senders waiting at @gate go on to its new thread. */
void ipc_release_gate(struct gate *gate);

/** Lets all senders waiting at the dead @gate fail; pauses (work.h). */
void ipc_gate_dies(struct gate *gate);
