/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/error.h>
#include <l4/kip.h>
#include <l4/msgtag.h>
#include "ipc/types.h"

/*
 * The server loop. A server fills in struct ipc_server (tables of its own, no malloc here) and
 * calls ipc_server_init(), then ipc_serve(). One ipc_server belongs to one thread; a task with
 * several serving threads has one each, with different @id.
 *
 * What it takes care of (design.md 3): replies never wait; every wait names a free reply slot;
 * received capabilities are released before the next wait unless taken; labels are (index,
 * generation) and checked on each message; D is never passed on, S only where the contract says
 * `cap!`; when a client vanishes, gone() is called; an object whose only capability could not
 * be delivered is undone.
 */

#define IPC_MAX_IN_CAPS  6 /* capabilities in one request (a bulk counts as one) */
#define IPC_MAX_OUT_CAPS 6

/** Returned by an operation that has called ipc_defer(): the answer comes later. */
#define IPC_LATER 1

struct ipc_server;
struct ipc_call;

/** One kind of objects (sessions, files, tasks, ...): what its gates understand. */
struct ipc_kind {
    const char *name;
    /* generated NAME_dispatch with its struct NAME_ops; null if only foreign messages come */
    long (*dispatch)(const void *ops, struct ipc_call *call);
    const void *ops;
    /*
     * No client holds @object any more, or the reply with its only capability was lost: free
     * what hangs on object->data. The run-time frees gate and table entry afterwards. May be null.
     */
    void (*gone)(struct ipc_server *server, struct ipc_object *object);
    /*
     * Messages with a label <= 0: page faults, exceptions, scheduler, ... The words are in
     * ipc_utcb()->mr, their number in call->tag, until the first call the handler makes.
     * Result: 0 sends what ipc_foreign_reply() was told, by default an empty answer with label 0
     * (if the message was sent without waiting, nothing happens); a negative error becomes the
     * label of an empty answer; IPC_LATER after ipc_defer() - for good if the sender shall stay
     * blocked. May be null: answered -L4_EBADPROTO.
     */
    long (*foreign)(struct ipc_call *call);
    /* For objects made by ipc_irq_create(): the interrupt has fired. */
    void (*interrupt)(struct ipc_server *server, struct ipc_object *object);
};

/** One gate (or interrupt) of the server; entry of a table that the server provides, zeroed. */
struct ipc_object {
    const struct ipc_kind *kind; /* null: entry is free */
    void *data;                  /* the server's */
    l4_cap_t gate;               /* slot of the gate or IRQ object */
    uint64_t generation;         /* counts up with each reuse of the entry */
    bool held;                   /* somebody else has got a capability, or it is a service */
    bool interrupt;              /* an IRQ object, not a gate */
};

/** State of one reply slot; table provided by the server, zeroed. */
struct ipc_reply_slot {
    bool busy; /* a deferred caller waits in it */
    uint32_t generation;
};

struct ipc_server {
    /* Filled in by the server before ipc_server_init(): */
    const char *name;
    l4_cap_t thread;  /* the thread that calls ipc_serve(), with S */
    l4_cap_t factory; /* for gates and interrupts */
    unsigned id;      /* 0..15: number of this serving thread within its task */
    struct ipc_object *objects;
    unsigned object_count; /* at most 65536 */
    struct ipc_reply_slot *replies;
    unsigned reply_count; /* 1 + the number of callers that may be deferred at a time */
    unsigned reply_first; /* index of the first reply slot; those of two threads are disjoint */
    unsigned capset_order; /* in capsets: window of 2^order slots; 0: none are received */
    const struct l4_kip *kip; /* for the clock; only needed with @tick */
    /*
     * tick() is called when the KIP clock has reached @deadline_us (0: never); it sets the next
     * deadline, or 0. Not exact: late by at most 1 ms + the running operation.
     */
    uint64_t deadline_us;
    void (*tick)(struct ipc_server *server);
    void *data; /* the server's */

    /* The run-time's own: */
    l4_cap_t receive[IPC_MAX_IN_CAPS]; /* receive slots; empty between two messages */
    l4_cap_t capset_window;
    l4_cap_t deletion_irq;
    unsigned object_hint; /* no entry below is free */
    unsigned object_end;  /* no entry from here on was ever used */
    unsigned reply_current; /* reply slot of the message being handled */
};

/** A reply being put together. */
struct ipc_reply {
    l4_msgtag_t tag;
    long error; /* sticky: first thing that went wrong while encoding */
    unsigned words;
    unsigned items;
    struct ipc_object *objects[IPC_MAX_OUT_CAPS]; /* own gates it carries */
    unsigned object_count;
};

/** The message being handled. */
struct ipc_call {
    struct ipc_server *server;
    struct ipc_object *object; /* whose gate was used; object->data is the server's */
    l4_msgtag_t tag;           /* of the request */
    unsigned rights;           /* L4_CAP_W, L4_CAP_S of the capability that was used */

    /* The run-time's own: */
    long error; /* sticky: first thing wrong with the request */
    bool deferred;
    unsigned deferred_slot; /* if so: reply slot of the caller */
    unsigned next_item;
    struct ipc_reply reply;
};

/** A caller whose answer comes later; kept by the server, zero when not in use. */
struct ipc_later {
    uint32_t slot; /* index into server->replies, plus 1 */
    uint32_t generation;
};

/**
 * Checks the tables, allocates the receive slots (slots_alloc()), creates the deletion
 * interrupt and registers it at server->thread. Returns 0 or a negative error: -L4_EBUSY if the
 * thread already has one.
 */
long ipc_server_init(struct ipc_server *server);

/** Serves for ever; returns only if waiting itself is impossible: -(2000 + IPC code). */
long ipc_serve(struct ipc_server *server);

/* --- objects --- */

/**
 * A new object whose life depends on its clients: its gate does not count the server's own
 * capability, so gone() is called when the last client has lost it. Pass it out with
 * ipc_gate_out() in the same operation. -L4_ENOMEM: no table entry, slot or kernel memory.
 */
long ipc_object_create(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                       struct ipc_object **object);

/** A new object that lives as long as the server keeps it: the gate to register at names. */
long ipc_service_create(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                        struct ipc_object **object);

/**
 * The same with a gate that exists already, in slot @gate with the server right: binds it to the
 * server's thread, which releases the senders that wait for that (contracts.md 1,
 * TASK_CAP_SERVICE).
 */
long ipc_service_adopt(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                       l4_cap_t gate);

/** A new interrupt source bound to the server's thread; object->gate is the IRQ capability. */
long ipc_irq_create(struct ipc_server *server, const struct ipc_kind *kind, void *data,
                    struct ipc_object **object);

/** Deletes gate or interrupt for everybody and frees the entry; gone() is not called. */
void ipc_object_destroy(struct ipc_server *server, struct ipc_object *object);

/**
 * Says that @object has been given to somebody by other means than the reply of this operation
 * (as an in capability of a call): a lost reply no longer undoes it.
 */
void ipc_object_keep(struct ipc_object *object);

/** Label of the gate of @object: index << 4 | server id << 20 | generation << 24. */
uint64_t ipc_object_label(const struct ipc_server *server, const struct ipc_object *object);

/* --- in and out capabilities --- */

/** Answers with the gate of @object; @rights: L4_CAP_RW or L4_CAP_RWS (only with `cap!`). */
void ipc_gate_out(struct ipc_call *call, struct ipc_object *object, unsigned rights,
                  struct ipc_cap_out *out);

/** Answers with a copy of the capability in @slot, which the server keeps. */
void ipc_slot_out(l4_cap_t slot, unsigned rights, struct ipc_cap_out *out);

/**
 * The server's own object that @cap is the gate of, or null: not a gate of this serving thread,
 * or its object is gone.
 */
struct ipc_object *ipc_local_object(struct ipc_server *server, const struct ipc_cap_in *cap);

/**
 * Keeps @cap beyond the operation: moves it to a slot of the server, *@slot, to be given back
 * with slots_release(). -L4_ENOMEM no slot left; -L4_EINVAL an own gate (use ipc_local_object()).
 */
long ipc_take_cap(struct ipc_call *call, struct ipc_cap_in *cap, l4_cap_t *slot);

/** The same, but a weak copy: it does not keep the object alive, the slot empties by itself. */
long ipc_take_cap_weak(struct ipc_call *call, struct ipc_cap_in *cap, l4_cap_t *slot);

/**
 * Keeps a received set: the whole window, now set->order, is the server's (slots_free_range()
 * when empty).
 */
long ipc_take_capset(struct ipc_call *call, struct ipc_capset *set);

/* --- answering later --- */

/**
 * Keeps the caller for a later answer, by the generated NAME_OP_reply(); the operation then
 * returns IPC_LATER. All in parameters end with the operation: copy or take what is needed.
 * -L4_EAGAIN: as many callers as there are reply slots wait already; return that.
 */
long ipc_defer(struct ipc_call *call, struct ipc_later *later);

/** True if @later holds a caller that has not been answered. */
bool ipc_later_pending(const struct ipc_server *server, const struct ipc_later *later);

/** Answers a deferred caller with a negative error and nothing else (any operation). */
long ipc_later_fail(struct ipc_server *server, struct ipc_later *later, long error);

/* --- foreign messages --- */

/**
 * Foreign handler: the answer is label @label with @words words and @items items, which the
 * handler writes to ipc_utcb()->mr as its last act before it returns 0.
 */
void ipc_foreign_reply(struct ipc_call *call, long label, unsigned words, unsigned items);

/** The same for a deferred foreign message; sends what is in ipc_utcb()->mr now. */
long ipc_later_foreign(struct ipc_server *server, struct ipc_later *later, l4_msgtag_t tag);
