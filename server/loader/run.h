/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "programs.h"
#include "request.h"

struct script;
struct script_job;

/*
 * A command being run, job by job: an argument of the loader's command line or another program's
 * request. Start worker.
 */

/** How the loader was called. */
struct run_options {
    const char *provider;  /* name of the default file provider */
    uint32_t verbose;      /* used where a script does not say */
};

struct run {
    const struct run_options *options;
    const char *command;     /* a file, script or program, a program's arguments behind its name */
    bool begun;
    struct request *request; /* whose answer is filled in; null: the command line's */
    struct script *script;
    char program[PROGRAM_NAME_SIZE]; /* the command's name if it is a program; else empty */
    const struct script_job *job; /* the next one, null at the end */
    uint64_t wake_us;             /* kernel clock: not before that */
    uint64_t patience_us;         /* how long a file provider may be waited for */
    const char *busy;             /* a worker is at it, with this provider; null: none */
    long error;                   /* the first: nothing is run after it (doc/script.md 6) */
};

/**
 * Begins: gets the file, tells script and program apart by their first bytes. @run: options,
 * command, request and patience are given. Errors are printed, and are in the answer.
 */
void run_begin(struct run *run);

/** For whom it is run (account.h). */
uint32_t run_account(const struct run *run);

/** The file provider that the next job asks. */
const char *run_provider(const struct run *run);

/** Who else is asked first, and may be slow: the provider, or the manager of a client's image. */
const char *run_partner(const struct run *run);

/** Runs the next job, if it is time for it. False at the end, when all is given back. */
bool run_step(struct run *run);
