/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/error.h>
#include <l4/timeout.h>
#include "ipc/types.h"

/*
 * Client side: used by generated stubs only. A stub fills in a request struct and a struct
 * ipc_client; the first error sticks and ipc_client_call() returns it without sending.
 */

#define IPC_CLIENT_ITEMS 8

/** A call being put together. */
struct ipc_client {
    l4_cap_t server;
    long protocol;
    l4_timeouts_t timeouts;
    long error;
    unsigned item_count; /* to send */
    l4_fpage_t items[IPC_CLIENT_ITEMS];
    unsigned expect_count; /* object items to receive, in order */
    struct ipc_window expect[IPC_CLIENT_ITEMS];
    struct ipc_window pages;
    unsigned pages_max; /* 0: no memory is received */
};

/** Words of a message as memory: what is sent and what must come back, in bytes (times 8). */
struct ipc_words {
    const void *request;
    size_t request_size;
    void *reply; /* null if reply_size is 0; written only if the call succeeds */
    size_t reply_size;
};

/** Copies @text to @to (@size bytes, zeroed); false if it does not fit with its zero. */
bool ipc_copy_string(char *to, size_t size, const char *text);

/** Where an array goes: at most @max elements of @element bytes. */
struct ipc_array {
    void *to;
    uint32_t max;
    uint32_t element;
};

/** Copies @count elements; false if there are more than fit. */
bool ipc_copy_array(struct ipc_array array, const void *from, uint32_t count);

/** The same for a stub. Sticks -L4_ENAMETOOLONG if it does not fit. */
void ipc_put_string(struct ipc_client *call, char *to, size_t size, const char *text);

/** The same for a stub. Sticks -L4_E2BIG if there are too many. */
void ipc_put_array(struct ipc_client *call, struct ipc_array array, const void *from,
                   uint32_t count);

/** Sticks -L4_EINVAL unless @valid. */
void ipc_put_check(struct ipc_client *call, bool valid);

/** Appends a capability to send; @rights L4_CAP_RW or L4_CAP_RWS. 0 sticks -L4_EINVAL. */
void ipc_send_cap(struct ipc_client *call, l4_cap_t cap, unsigned rights);

/** Appends a set of capabilities, as the last item; @rights mask those of the set. */
void ipc_send_capset(struct ipc_client *call, const struct ipc_capset *set, unsigned rights);

/** Expects a capability in the empty slot @target. 0 sticks -L4_EINVAL. */
void ipc_expect_cap(struct ipc_client *call, l4_cap_t target);

/** Expects a set of capabilities in the aligned, empty @window. */
void ipc_expect_capset(struct ipc_client *call, const struct ipc_window *window);

/** Expects at most @max memory flexpages in @window. */
void ipc_expect_pages(struct ipc_client *call, const struct ipc_window *window, unsigned max);

/**
 * Sends and waits. Returns 0 when exactly the expected words and items have come back; else the
 * server's error, -(2000 + IPC code), or -L4_EMSG* for a malformed reply; then the reply memory
 * is untouched and the target slots are empty again.
 */
long ipc_client_call(struct ipc_client *call, const struct ipc_words *words);

/** The stub refuses the values of a reply: empties the target slots, returns -L4_EMSGERRRANGE. */
long ipc_client_refuse(const struct ipc_client *call);
