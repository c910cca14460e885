/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/ipc.h"

/* A pretended kernel for the tests of lib/ipc; see README.md. */

#define FAKE_SLOTS   1024
#define FAKE_CLIENTS 4

struct fake_object {
    bool alive;
    bool is_irq;
    uint64_t label;
    unsigned counted;         /* references that keep it alive */
    struct fake_task *bound;  /* task whose thread receives */
};

struct fake_cap {
    struct fake_object *object; /* null: slot empty */
    unsigned rights;
    bool weak;
};

struct fake_task {
    struct l4_utcb utcb;
    struct fake_cap slots[FAKE_SLOTS];
};

/** What arrived as memory, in order, since fake_reset(). */
struct fake_page {
    struct fake_task *task;
    uint64_t word0;
    l4_fpage_t fpage;
    uint64_t window;
};

extern struct fake_task fake_server, fake_clients[FAKE_CLIENTS];
extern struct fake_page fake_pages[16];
extern unsigned fake_page_count;
extern uint64_t fake_clock;
/* Called when a client waits for an answer and the server has nothing to do; null: time-out. */
extern void (*fake_idle)(void);
/* Errors to inject: IPC code with which the next reply fails (0: none). */
extern uint64_t fake_reply_error;
/* Number of messages the server has waited for. */
extern unsigned fake_waits;

/** Forgets everything; @server is what serves from now on. */
void fake_reset(struct ipc_server *server);

#define FAKE_FIRST_SLOT 16
#define FAKE_FREE_SLOTS 800

/**
 * The same, and sets @server up afresh: what it fills in itself stays (id, tables, tick, ...), its
 * tables are empty, its slots free. The base gate, of @kind, is the result.
 */
struct ipc_object *fake_start(struct ipc_server *server, const struct ipc_kind *kind);

/** The calling "thread" is one of @task from now on. Returns the one before. */
struct fake_task *fake_enter(struct fake_task *task);

/** Makes a new object (a gate of no task) and puts it into slot @slot of @task. */
struct fake_object *fake_make(struct fake_task *task, l4_cap_t slot, unsigned rights);

/** Copies slot @from of the server to slot @to of @task, counted. */
void fake_give(l4_cap_t from, struct fake_task *task, l4_cap_t to, unsigned rights);

/** Empties @slot of @task, as its holder would. */
void fake_drop(struct fake_task *task, l4_cap_t slot);

struct fake_cap *fake_slot(struct fake_task *task, l4_cap_t slot);

/** Queues a message that was sent without waiting: the words are in @task's UTCB. */
void fake_queue_send(struct fake_task *task, uint64_t label, l4_msgtag_t tag);

/** Queues the interrupt with @label. */
void fake_queue_irq(uint64_t label);

/** Lets the server serve until nothing is queued; the result of ipc_serve(). */
long fake_run(void);

/** A raw call of @task to the gate with label @label; the words are in its UTCB. */
l4_msgtag_t fake_call(struct fake_task *task, uint64_t label, l4_msgtag_t tag);

/** True if all receive slots of the server are empty. */
bool fake_receive_slots_empty(void);
