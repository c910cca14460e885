/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"
#include "line.h"

/*
 * What is typed: to whom it goes, and the line being typed. It is echoed behind the half line that
 * its reader has written, and is the end of that line; other output that comes meanwhile begins a
 * new line, and what was typed is shown again later.
 */

#define INPUT_LINE    199 /* characters of a line, its end apart; more are not taken */
#define INPUT_AHEAD   256 /* typed before anybody asks; more is lost */
#define INPUT_READERS 32

/** A session that has read. Entry is free while @line is null. */
struct reader {
    struct line *line; /* what the session writes */
    bool waiting;      /* for a line; answered through @later, not after @deadline_us */
    bool interrupted;  /* Ctrl-C has passed the input here */
    bool at_end;       /* Ctrl-D: the next answer is empty */
    uint32_t size;     /* bytes wanted */
    uint64_t deadline_us;
    struct ipc_later later;
    unsigned rest_size; /* of a line that is complete, not read yet */
    char rest[INPUT_LINE + 1];
};

/** Invariant: @order has the readers in use, the first @count; the front one has the input. */
struct input {
    const struct line_sink *console;
    struct reader table[INPUT_READERS];
    struct reader *order[INPUT_READERS];
    unsigned count;
    char ahead[INPUT_AHEAD];
    unsigned ahead_size;
    char typed[INPUT_LINE];
    unsigned typed_size;
    unsigned escape; /* inside a terminal's key sequence */
    bool shown;      /* prompt and @typed stand on the console, their line is not ended */
};

/**
 * The reader of a session that writes @line, entered if it is new. Null: INPUT_READERS there are.
 */
struct reader *input_reader(struct input *input, struct line *line);

/** The same, null if it has never read. */
struct reader *input_known(struct input *input, const struct line *line);

/**
 * Uses what was typed ahead as far as it is for @reader; then whether there is an answer for it.
 */
bool input_ready(struct input *input, struct reader *reader);

/** Takes the answer: up to @size bytes, at most INPUT_LINE + 1, and a zero to @text. */
void input_take(struct reader *reader, size_t size, char *text);

/** One key. The reader that it makes ready while it waits, or null. */
struct reader *input_key(struct input *input, char key);

/** The session that writes @line is gone. */
void input_leave(struct input *input, const struct line *line);

/** Other output follows: ends the line that is shown. */
void input_hide(struct input *input);

/** True if somebody waits for input and cannot see it. */
bool input_hidden(const struct input *input);

/** Shows the prompt and what was typed so far, if they are not. */
void input_show(struct input *input);
