/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <l4/types.h>

#include "ipc/describe.h"

/*
 * Random messages made from the description of the interfaces (lib/ipc/describe.h): most are nearly
 * right. One struct fuzz belongs to one thread; the same seed makes the same messages.
 */

enum {
    FUZZ_SLOTS = 0x6000,    /* capability slots from here on are ours, FUZZ_STRIDE for each thread */
    FUZZ_STRIDE = 0x200,
    FUZZ_TARGETS = 32,
};

/** Somebody to send to: @interface as the IDL calls it. */
struct fuzz_target {
    const char *interface;
    l4_cap_t gate;
    bool got; /* received from somebody, in a slot of our own */
};

struct fuzz {
    uint64_t state; /* of the random numbers */
    unsigned thread;
    bool careful;   /* says nothing to a pager that would end us, makes no books, grants nothing */
    bool patient;   /* may wait for ever: somebody else ends this thread */
    const char *const *names; /* strings that mean something, ended by null */
    struct fuzz_target targets[FUZZ_TARGETS];
    unsigned target_count;
    uint64_t window; /* 4 MiB of address space to receive memory in */
    /* what became of the messages */
    unsigned sent, good, refused, failed;
};

/** Adds somebody to send to. */
void fuzz_add(struct fuzz *f, const char *interface, l4_cap_t gate);

/** Makes capabilities of its own to send: gates nobody answers, a task, an interrupt, ... */
void fuzz_prepare(struct fuzz *f);

/** Sends one message to one of the targets. */
void fuzz_step(struct fuzz *f);

/** Gives back everything it has got and made. */
void fuzz_finish(struct fuzz *f);

/* --- message.c, for pool.c and values.c --- */

uint64_t fuzz_random(struct fuzz *f);
/** True once in @n times. */
bool fuzz_rarely(struct fuzz *f, unsigned n);
/** 0 to @n - 1. */
unsigned fuzz_below(struct fuzz *f, unsigned n);

/* --- values.c --- */

/** Fills in the words of a request of @operation; @wrong: some may be out of bounds. */
void fuzz_words(struct fuzz *f, const struct ipc_operation *operation, uint64_t *words, bool wrong);

/* --- pool.c --- */

/** Selector of slot @index of this thread. */
l4_cap_t fuzz_slot(const struct fuzz *f, unsigned index);

/** A capability for the parameter @name; @wrong: any. */
l4_cap_t fuzz_cap(struct fuzz *f, const char *name, bool wrong);

/** Takes over what has come for @operation of @interface, or gives it back. */
void fuzz_take(struct fuzz *f, const struct ipc_interface *interface,
               const struct ipc_operation *operation);

/** Empties the receive slots and the memory window. */
void fuzz_drop_received(struct fuzz *f);

enum {
    FUZZ_RECEIVE = 0,         /* 32 slots for single capabilities */
    FUZZ_RECEIVE_SET = 0x80,  /* 128 slots for a set */
    FUZZ_POOL = 0x100,        /* got from servers, one a target */
    FUZZ_OWN = 0x180,         /* made by fuzz_prepare() */
    FUZZ_SET_ORDER = 7,
    FUZZ_WINDOW_ORDER = 22,
};
