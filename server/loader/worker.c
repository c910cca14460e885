/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <string.h>

#include "books.h"
#include "errors/errors.h"
#include "server/server.h"
#include "server/thread.h"
#include "service.h"
#include "turn.h"

enum { COMMANDS = 32, HELPERS = 2, FIRST_NUMBER = 3, BOOT = REQUESTS };
#define POLL_US             20000
#define BOOT_PATIENCE_US    10000000 /* the provider may still be on its way */
#define REQUEST_PATIENCE_US 1000000

static const struct run_options *run_options;
static const char *commands[COMMANDS];
static unsigned command_count, command_next;
static bool failed;
static struct run runs[REQUESTS + 1]; /* of requests, then the command line's; free without command */
static unsigned next;                 /* whose turn it is */
static struct server_thread helpers[HELPERS];

void worker_add(const char *command)
{
    server_check("more than 32 scripts", command_count < COMMANDS ? 0 : -ERR_ETOOMANY);
    commands[command_count++] = command;
}

static void finish_request(struct request *request, long error)
{
    request->error = error;
    request_done(request);
    service_notice();
}

static void begin_request(struct request *request)
{
    unsigned i = 0;

    if (request->kind == REQUEST_BOOKS) {
        books_print_all(request->command);
        finish_request(request, 0);
        return;
    }
    while (runs[i].command) /* there is one for each request */
        i++;
    runs[i] = (struct run){.options = run_options, .request = request, .command = request->command,
                           .patience_us = REQUEST_PATIENCE_US};
}

/** What there is to run now: new requests, the next command of the command line. */
static void begin_new(void)
{
    struct request *request;

    while ((request = request_take()))
        begin_request(request);
    if (!runs[BOOT].command && command_next < command_count)
        runs[BOOT] = (struct run){.options = run_options, .command = commands[command_next++],
                                  .patience_us = BOOT_PATIENCE_US};
}

/** True if a worker is waiting for the provider of @run: one hanging provider keeps one worker. */
static bool provider_busy(const struct run *run)
{
    for (unsigned i = 0; i <= BOOT; i++)
        if (runs[i].busy && strcmp(runs[i].busy, run_partner(run)) == 0)
            return true;
    return false;
}

/**
 * True if @run has to wait for the sake of others: a task's jobs take one worker at a time, and the
 * last free one is for jobs that only ask the default provider.
 */
static bool others_first(const struct run *run)
{
    unsigned busy = 0;

    for (unsigned i = 0; i <= BOOT; i++) {
        uint32_t account = run_account(run);
        if (!runs[i].busy)
            continue;
        busy++;
        if (account != ACCOUNT_PUBLIC && account != ACCOUNT_TRUSTED
            && run_account(&runs[i]) == account)
            return true;
    }
    return busy == HELPERS && strcmp(run_partner(run), run_options->provider) != 0;
}

/** A job that can be run now, or null; all get their turns. */
static struct run *choose(void)
{
    for (unsigned i = 0; i <= BOOT; i++) {
        struct run *run = &runs[(next + i) % (BOOT + 1)];
        if (!run->command || run->busy || server_clock_us() < run->wake_us || provider_busy(run)
            || others_first(run))
            continue;
        next = (unsigned)(run - runs) + 1;
        return run;
    }
    return NULL;
}

static void end_run(struct run *run)
{
    struct request *request = run->request;

    run->command = NULL;
    if (request)
        finish_request(request, run->error);
    else if (run->error)
        failed = true;
}

static void step(struct run *run)
{
    bool more = true;

    run->busy = run_partner(run);
    if (run->begun)
        more = run_step(run);
    else
        run_begin(run);
    run->busy = NULL;
    if (!more)
        end_run(run);
}

static bool is_idle(void)
{
    for (unsigned i = 0; i <= BOOT; i++)
        if (runs[i].command)
            return false;
    return command_next == command_count;
}

bool worker_turn(void)
{
    turn_enter();
    begin_new();
    struct run *run = choose();
    if (run)
        step(run);
    bool idle = is_idle();
    turn_leave();
    if (!run)
        request_wait(POLL_US);
    return idle;
}

bool worker_failed(void)
{
    return failed;
}

static void help(void)
{
    for (;;)
        worker_turn();
}

void worker_init(const struct run_options *options)
{
    run_options = options;
    server_check("turn of the workers", turn_init());
    for (unsigned i = 0; i < HELPERS; i++) {
        helpers[i] = (struct server_thread){.name = "loader worker", .number = FIRST_NUMBER + i,
                                            .priority = 140, .entry = help};
        server_check("worker", server_thread_make(&helpers[i]));
        server_check("worker", server_thread_run(&helpers[i]));
    }
}
