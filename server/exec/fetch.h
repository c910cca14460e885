/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdatomic.h>

#include "ipc/ipc.h"

/*
 * Fetching files from providers: the one thing exec waits for others with, so worker threads do it
 * (design rule 1) and the linking thread never blocks. A job goes idle -> asked -> running ->
 * done -> idle; whoever moves it on owns its other fields until then. A worker that copies from a
 * manager which is not DM_PHYS is stopped when its pages are gone, or by fetch_tick() after a
 * bound.
 */

enum {
    FETCH_WORKERS = 3,
    FETCH_JOBS = 16,
    FETCH_NAMES = 8, /* candidates along a library path */
    FETCH_NAME_SIZE = 257,
};

enum fetch_state { FETCH_IDLE, FETCH_ASKED, FETCH_RUNNING, FETCH_DONE };

struct fetch {
    _Atomic int state;
    void *owner; /* whose file it is: the linking thread's */
    bool given; /* dataspace, offset and size are filled in: only its manager is asked */
    l4_cap_t provider;
    char names[FETCH_NAMES][FETCH_NAME_SIZE]; /* tried in this order */
    unsigned name_count;
    bool known[FETCH_NAMES];  /* there is an object of it, of known_version */
    uint64_t known_version[FETCH_NAMES];
    /* results */
    long result;
    unsigned found; /* which name it was */
    l4_cap_t dataspace;
    l4_cap_t copy; /* a slot, for when the dataspace is not DM_PHYS's */
    uint64_t offset; /* of the file in the dataspace */
    uint64_t size;
    bool unchanged;   /* it is what is known: there is no dataspace */
    bool versioned;   /* the provider could tell the version */
    uint64_t version;
};

/**
 * Starts the workers; @done is called on the thread of @server for each finished job, and must not
 * keep it. Errors: of the kernel objects made.
 */
long fetch_init(struct ipc_server *server, void (*done)(struct fetch *job));

/** A job to fill in, or null if all are busy. */
struct fetch *fetch_alloc(void);

/** Gives a job back that nobody was asked for; null: nothing. */
void fetch_drop(struct fetch *job);

/** Hands a filled-in job to the workers. */
void fetch_ask(struct fetch *job);

/** struct ipc_server: ends copies that take too long. */
void fetch_tick(struct ipc_server *server);
