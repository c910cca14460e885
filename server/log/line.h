/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The line a session is writing. It is shown when it is complete, in one piece, so that lines of
 * different sessions never mix:
 *     hello   | text
 * A line longer than LINE_TEXT characters goes on in a new one, with ':' in place of '|'.
 */

#define LINE_TAG  8
#define LINE_TEXT 160
#define LINE_MAX  (LINE_TAG + 2 + LINE_TEXT + 1) /* bytes of the longest line shown */

/** Where complete lines go: @put gets one at a time, with its newline, at most LINE_MAX bytes. */
struct line_sink {
    void (*put)(void *to, const char *text, size_t size);
    void *to;
};

/** The line being collected; @used bytes of @text, of which none is a control character. */
struct line {
    char tag[LINE_TAG]; /* padded with spaces */
    bool continued;     /* an earlier part of this line has been shown */
    size_t used;
    char text[LINE_TEXT];
};

/** Starts an empty line of a session with @tag (cut to 8 characters; "?" if empty). */
void line_init(struct line *line, const char *tag);

/**
 * Appends @size bytes at @text and shows each line that is complete. Carriage returns are left out,
 * a tab counts as a space, other control characters appear as '.': no client can write over the tag
 * of a line or control the terminal.
 */
void line_write(struct line *line, const char *text, size_t size, const struct line_sink *sink);

/** Shows what is there of an incomplete line: nobody will end it any more. */
void line_end(struct line *line, const struct line_sink *sink);

/**
 * Writes the tag and what is there of an incomplete line to @out; how many bytes, below LINE_MAX.
 */
size_t line_begun(const struct line *line, char out[LINE_MAX]);

/** The incomplete line has been shown, and ended: the next character begins a new one. */
void line_forget(struct line *line);
