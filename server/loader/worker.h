/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "run.h"

/*
 * The start worker: what there is to run, in turns of one job each, so that no script keeps the
 * others waiting by its `sleep` or its length. Commands of the command line run one after the other.
 */

void worker_init(const struct run_options *options);

/** Adds a command of the command line; @command lives for ever. At most 32; more stop the loader. */
void worker_add(const char *command);

/** One turn: takes requests, runs a job of everything that is due; waits a little if nothing is. */
void worker_turn(void);

/** True if nothing is being run. */
bool worker_idle(void);

/** True if a command of the command line has failed. */
bool worker_failed(void);
