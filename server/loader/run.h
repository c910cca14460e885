/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/** How the loader was called. */
struct run_options {
    const char *provider;  /* name of the default file provider */
    uint32_t verbose;      /* used where a script does not say */
};

/**
 * Runs one argument of the loader's command line or request: a script or a program, told apart by
 * its first bytes. @command: file name, a program's arguments behind it. Everything that goes wrong
 * is printed; returns 0, or the first error. *@id: the last task started (may be null).
 */
long run_command(const char *command, const struct run_options *options, uint32_t *id);
