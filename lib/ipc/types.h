/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>
#include <l4/types.h>

/* What generated client stubs and server operations exchange beside plain C values. */

/** Client: where an out `pages` or `capset` goes. */
struct ipc_window {
    l4_fpage_t fpage; /* receive window, aligned; its rights do not matter (ABI 5.5) */
    l4_cap_t task;    /* 0: here; else mapped into that task (forwarded; needs W on it) */
};

/** Server: one memory flexpage of an out `pages`. */
struct ipc_page {
    uint64_t hot_spot; /* place in the client's window (ABI 5.7), page aligned */
    l4_fpage_t fpage;  /* l4_fpage_mem(address here, order, rights) */
    uint64_t flags;    /* 0, or L4_ITEM_UNCACHED / L4_ITEM_CACHED / L4_ITEM_BUFFERED */
};

/** Bulk data as the client passes it: @length bytes at @offset of @dataspace. */
struct ipc_bulk {
    l4_cap_t dataspace;
    uint64_t offset;
    uint64_t length;
};

/** An aligned power-of-two range of capability slots: 2^@order slots from @first. */
struct ipc_capset {
    l4_cap_t first;
    unsigned order;
    unsigned rights; /* to pass on: L4_CAP_R | ...; D is never passed */
};

/**
 * A capability that came with a request. It is valid until the operation returns (or defers);
 * ipc_take_cap() keeps it.
 */
struct ipc_cap_in {
    l4_cap_t slot;  /* 0 if @local by label */
    uint64_t label; /* @local: label of the own gate, with the rights W and S it came with */
    bool local;     /* one of this task's own gates: recognised, nothing was mapped */
    int8_t receive; /* run-time: number of the receive slot, or -1 if the slot is not ours */
};

/** Bulk data as the server gets it. Nothing is known about the range: the manager checks it. */
struct ipc_bulk_in {
    struct ipc_cap_in dataspace;
    uint64_t offset;
    uint64_t length;
};

struct ipc_object;

/** A capability an operation answers with: fill it by ipc_gate_out() or ipc_slot_out(). */
struct ipc_cap_out {
    l4_cap_t slot;             /* 0: none, an error of the operation */
    unsigned rights;           /* L4_CAP_*; D is never passed, S only by `cap!` */
    struct ipc_object *object; /* set when it is a gate of this server */
};
