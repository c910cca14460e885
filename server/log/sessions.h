/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include "line.h"

/* Who writes: a table of sessions, and what a message of the vcon protocol does to one. */

#define SESSION_TAG 32
#define SESSIONS_MAX 256

/** A client's way to the console. Entry is free while @open is false. */
struct session {
    bool open;
    bool reads; /* has asked for input (input.h) */
    char tag[SESSION_TAG + 1];
    struct line line;
};

struct sessions {
    struct session table[SESSIONS_MAX];
};

/** A free entry, opened with @tag; null if all are in use. */
struct session *session_open(struct sessions *sessions, const char *tag);

/** Ends a half line and frees the entry. */
void session_close(struct session *session, const struct line_sink *sink);

/** Number of open sessions. */
unsigned sessions_count(const struct sessions *sessions);

/** Answer to a vcon message (ABI 7.9): @label, then @words words from @mr. */
struct vcon_reply {
    long label;
    unsigned words;
    uint64_t mr[4];
};

/**
 * A message of the vcon protocol, @words words at @mr, to @session: write appends to its line; read
 * finds nothing, always; the attributes are all off and stay so. -L4_EMSGTOOSHORT: fewer words than
 * the operation or the text needs; -L4_EMSGTOOLONG: more text than a message may have;
 * -L4_ENOSYS: unknown operation.
 */
struct vcon_reply session_vcon(struct session *session, const uint64_t *mr, unsigned words,
                               const struct line_sink *sink);

/**
 * Writes the books: `books log TAG session COUNT 0` for each tag, and `reader`, sorted
 * (contracts.md 4).
 */
void sessions_books(const struct sessions *sessions, FILE *to);
