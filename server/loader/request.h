/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>

#include "ipc/ipc.h"

/** A program's file in a client's dataspace (loader.open_image). */
struct image {
    l4_cap_t dataspace; /* the loader's snapshot, or a capability of whomever; 0: no image */
    uint64_t offset, size;
    bool foreign; /* not DM_PHYS's: only exec's workers touch it */
};

/*
 * What other programs ask of the start worker. A request goes free -> asked -> taken -> done ->
 * free: the service thread asks and frees, the worker takes and is done. Fields below the state
 * belong to whoever has it; `killed` is set by the service thread at any time.
 */

enum { REQUESTS = 256, REQUEST_TASKS = 64, REQUEST_TEXT = 2048 };
enum request_state { REQUEST_FREE, REQUEST_ASKED, REQUEST_TAKEN, REQUEST_DONE };
enum request_kind { REQUEST_START, REQUEST_OPEN, REQUEST_BOOKS };

struct request {
    _Atomic int state;
    _Atomic bool killed; /* take no further step */
    enum request_kind kind;
    uint32_t account;   /* who asks (account.h) */
    uint64_t turn;      /* first come, first served */
    char command[402];  /* name and arguments; REQUEST_BOOKS: the name for the marks */
    uint32_t stops;     /* LOADER_STOPPED and the like */
    struct image image; /* of the program, if it comes from the client */

    /* the answer */
    long error;
    char text[REQUEST_TEXT]; /* what has gone wrong, line by line */
    uint32_t ids[REQUEST_TASKS];
    unsigned count;

    /* the service thread's */
    struct ipc_object *object; /* REQUEST_OPEN: gate of the client, null when it is gone */
    struct ipc_later later;    /* who waits for the answer */
    bool waiting;
};

/** Makes the queue. Before the threads start. */
long request_init(void);

/**
 * Service thread: a free request of @kind with @command for @account, *@request; errors of
 * account_check().
 */
struct request_wish {
    enum request_kind kind;
    const char *command;
    uint32_t account;
};
long request_alloc(const struct request_wish *wish, struct request **request);

/** Service thread: hands it to the worker; and back to the table. */
void request_ask(struct request *request);
void request_free(struct request *request);

/** Service thread, not while the worker has it: gives the client's image back. */
void request_drop_image(struct request *request);

/**
 * Service thread: a request that is done and has not been seen since *@at (0 at first), or null.
 */
struct request *request_next_done(unsigned *at);

/** Worker in its turn: the next one; null: none is there. */
struct request *request_take(void);

/** Worker: waits at most @us microseconds for one to come. */
void request_wait(uint64_t us);

/** Worker: the answer is complete. The caller tells the service thread. */
void request_done(struct request *request);

/** Requests that are not free. */
unsigned request_count(void);
