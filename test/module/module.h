/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/* What the test modules share. */

/** The module's program; when it returns, the module sleeps for ever. */
void module_main(long argc, char **argv);

/** Writes one line to the kernel console. */
void say(const char *text, ...) __attribute__((format(printf, 1, 2)));

/** Ends the machine. Only the last module is allowed to; prints the error otherwise. */
void end(int code);
