/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include "books.h"
#include "errors/errors.h"
#include "server/server.h"
#include "service.h"

enum { COMMANDS = 32 };
#define POLL_US            20000
#define BOOT_PATIENCE_US   10000000 /* the provider may still be on its way */
#define REQUEST_PATIENCE_US 100000  /* others wait meanwhile */

static const struct run_options *run_options;
static const char *commands[COMMANDS];
static unsigned command_count, command_next;
static struct run boot; /* the command of the command line that is being run */
static bool boot_active, failed;
static struct run runs[REQUESTS]; /* of requests; free without one */
static unsigned active;

void worker_init(const struct run_options *options)
{
    run_options = options;
}

void worker_add(const char *command)
{
    server_check("more than 32 scripts", command_count < COMMANDS ? 0 : -ERR_ETOOMANY);
    commands[command_count++] = command;
}

static void step_boot(void)
{
    if (!boot_active && command_next == command_count)
        return;
    if (!boot_active) {
        boot = (struct run){.options = run_options, .patience_us = BOOT_PATIENCE_US};
        run_begin(&boot, commands[command_next++]);
        boot_active = true;
    }
    boot_active = run_step(&boot);
    if (!boot_active && boot.error)
        failed = true;
}

static void finish(struct request *request, long error)
{
    request->error = error;
    request_done(request);
    service_notice();
}

static void begin(struct request *request)
{
    if (request->kind == REQUEST_BOOKS) {
        books_print_all(request->command);
        finish(request, 0);
        return;
    }
    for (unsigned i = 0; i < REQUESTS; i++) {
        if (runs[i].request)
            continue;
        runs[i] = (struct run){.options = run_options, .request = request,
                               .patience_us = REQUEST_PATIENCE_US};
        active++;
        run_begin(&runs[i], request->command);
        return;
    }
}

static void step_requests(void)
{
    for (unsigned i = 0; active && i < REQUESTS; i++) {
        struct run *run = &runs[i];
        if (!run->request || run_step(run))
            continue;
        struct request *request = run->request;
        run->request = NULL;
        active--;
        finish(request, run->error);
    }
}

/** True if a job can be run now. */
static bool is_due(const struct run *run)
{
    return server_clock_us() >= run->wake_us;
}

static bool anything_due(void)
{
    if (boot_active ? is_due(&boot) : command_next < command_count)
        return true;
    for (unsigned i = 0; active && i < REQUESTS; i++)
        if (runs[i].request && is_due(&runs[i]))
            return true;
    return false;
}

void worker_turn(void)
{
    struct request *request = request_take(anything_due() ? 0 : POLL_US);

    if (request)
        begin(request);
    step_boot();
    step_requests();
}

bool worker_idle(void)
{
    return !active && !boot_active && command_next == command_count;
}

bool worker_failed(void)
{
    return failed;
}
