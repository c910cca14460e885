/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "idl/root.h"
#include "pager.h"
#include "report.h"
#include "run.h"
#include "server/server.h"
#include "service.h"
#include "services.h"

/*
 * The loader (paper 2.1). Three threads: this one, the start worker, runs the scripts named on the
 * command line and then the requests of other programs, and may wait for exec and file providers;
 * the service thread (service.c) and the pager thread (pager.c) wait for nobody.
 *
 *   loader [--fprov=NAME] [--verbose=N] [--exit] [--hint=TEXT] SCRIPT|"PROGRAM ARGUMENTS"...
 */

#define POLL_US 20000

struct command_line {
    struct run_options run;
    const char *hint; /* last line when all tasks have ended */
    bool leave;       /* end the machine then */
};

/** Takes an option; false if @word is none. */
static bool take_option(const char *word, struct command_line *c)
{
    if (strncmp(word, "--fprov=", 8) == 0)
        c->run.provider = word + 8;
    else if (strncmp(word, "--verbose=", 10) == 0)
        c->run.verbose = (uint32_t)strtoul(word + 10, NULL, 0);
    else if (strncmp(word, "--hint=", 7) == 0)
        c->hint = word + 7;
    else if (strcmp(word, "--exit") == 0)
        c->leave = true;
    else
        return false;
    return true;
}

/** Serves one request of another program, if there is one. */
static void serve_request(const struct run_options *options)
{
    char command[sizeof((struct service_request){0}.name) * 2 + 1];
    struct service_request *request = service_next(POLL_US);

    if (!request)
        return;
    snprintf(command, sizeof command, "%s %s", request->name, request->args);
    request->id = 0;
    request->error = run_command(command, options, &request->id);
    service_answer(request);
}

static void all_ended(const struct command_line *c, bool failed)
{
    report_table();
    if (c->hint && !c->leave)
        report_line("%s", c->hint);
    if (c->leave)
        root_shutdown(TASK_CAP_PAGER, failed || !service_all_well() ? 1 : 0);
}

int main(int argc, char **argv)
{
    struct command_line c = {.run.provider = "BMODFS"};
    bool failed = false, told = false;

    services_init();
    server_check("service thread", service_init());
    server_check("pager thread", pager_init(service_irq()));
    for (int i = 1; i < argc; i++)
        take_option(argv[i], &c);
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-' && run_command(argv[i], &c.run, NULL) < 0)
            failed = true;
    for (;;) {
        serve_request(&c.run);
        if (!told && service_running() == 0) {
            told = true;
            all_ended(&c, failed);
        }
    }
}
