/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ipc/server.h"
#include "sessions.h"

/* What the gates of log understand. */

/** The base gate: interface log and the books. */
extern const struct ipc_kind log_base_kind;

/** Where lines go (main.c: the kernel console). */
extern const struct line_sink log_console;
