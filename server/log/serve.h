/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"
#include "sessions.h"

/* What the gates of log understand. */

/** The base gate: interface log and the books. */
extern const struct ipc_kind log_base_kind;

/** The kernel console (main.c): one message a line. */
extern const struct line_sink log_console;

/**
 * Where all output goes, log's own too: to the console, apart from the line that is typed there.
 */
extern const struct line_sink log_output;

/** @server is what serves; there are no sessions, nothing is typed. Before the first line. */
void log_init(struct ipc_server *server);

/** @size keys at @text have been typed on the console. */
void log_typed(const char *text, size_t size);

/** For struct ipc_server: answers who has waited long enough, shows again what is typed. */
void log_tick(struct ipc_server *server);
