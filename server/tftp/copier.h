/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <l4/types.h>

/*
 * Threads that talk to the clients' dataspace managers, one for each download. A manager is one
 * that a client has chosen: it may not answer, or take pages away while they are being written. So
 * the main thread never calls it and never touches its pages; it can stop a copier at any moment.
 */

#define COPIERS 8

/** One piece of work. */
struct copy {
    l4_cap_t dm;        /* open: session at the manager */
    l4_cap_t dataspace; /* open: empty slot for the new dataspace; write: the dataspace */
    const char *name;   /* open: for the dataspace */
    uint64_t size;      /* open: bytes of the file */
    uint64_t offset;    /* write: page aligned */
    const void *bytes;  /* write: what, */
    uint64_t count;     /* and how many; then zeros up to the end of the page */
};

/**
 * Makes thread @i, not running. @fault: slot of the gate its faults go to; @done: of the interrupt
 * that says that it has finished. Errors of the kernel.
 */
long copier_init(unsigned i, l4_cap_t fault, l4_cap_t done);

/** Begins a piece of work; the copier is not busy. *@copy's pointers stay valid until the end. */
void copier_open(unsigned i, const struct copy *copy);
void copier_write(unsigned i, const struct copy *copy);

/** True if its work has come to its end; *@result: 0, -ERR_ENOMEM, -ERR_ETRANSFER. */
bool copier_finished(unsigned i, long *result);

/** Stops it wherever it is; nothing of the dataspace remains mapped. */
void copier_stop(unsigned i);
