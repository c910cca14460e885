/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "run.h"

/*
 * The start workers, three threads of which the main thread is one: what there is to run, in turns
 * of one job each, so that no script keeps the others waiting by its `sleep` or its length, and no
 * file provider those who want another's files. Commands of the command line run one after the
 * other.
 */

/** Starts the other workers. Stops the loader if that is impossible. */
void worker_init(const struct run_options *options);

/**
 * Adds a command of the command line; @command lives for ever. At most 32. Before
 * worker_init(), or in turn.
 */
void worker_add(const char *command);

/**
 * One turn: takes requests, runs a job that is due; waits a little if none is. True if nothing is
 * left to be run.
 */
bool worker_turn(void);

/** True if a command of the command line has failed. */
bool worker_failed(void);
