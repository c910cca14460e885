/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "ends.h"
#include "idl/root.h"
#include "pager.h"
#include "report.h"
#include "run.h"
#include "server/server.h"
#include "service.h"
#include "services.h"
#include "task.h"
#include "turn.h"
#include "worker.h"

/*
 * The loader (paper 2.1). The start workers (worker.c), of which this thread is one, run the
 * scripts named on the command line and the requests of other programs, and may wait for exec and
 * file providers; the service thread (service.c) and the pager thread (pager.c) wait for nobody.
 *
 *   loader [--fprov=NAME] [--verbose=N] [--exit] [--times] [--hint=TEXT] [--console=SCRIPT]
 *          SCRIPT|"PROGRAM ARGUMENTS"...
 */

struct command_line {
    struct run_options run;
    const char *hint; /* last line when all tasks have ended */
    const char *console; /* without --exit: run beside the others, its tasks are not waited for */
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
    else if (strncmp(word, "--console=", 10) == 0)
        c->console = word + 10;
    else if (strcmp(word, "--exit") == 0)
        c->leave = true;
    else if (strcmp(word, "--times") == 0)
        times_wanted = true;
    else
        return false;
    return true;
}

static void all_ended(const struct command_line *c, bool failed)
{
    report_table();
    if (c->hint && !c->leave)
        report_line("%s", c->hint);
    if (c->leave)
        root_shutdown(TASK_CAP_PAGER, failed || !end_all_well() ? 1 : 0);
}

/** Starts the console's script; its tasks, and those it starts, have this number or higher ones. */
static uint32_t start_console(const char *script)
{
    uint32_t number = 1;

    for (const struct task *t = task_next(number); t; t = task_next(number))
        number = t->id + 1;
    turn_enter();
    worker_add(script);
    turn_leave();
    return number;
}

/** Whether a task below number @end runs. */
static bool is_running(uint32_t end)
{
    for (const struct task *t = task_next(0); t && t->id < end; t = task_next(t->id + 1)) {
        int state = atomic_load(&t->state);
        if (state == TASK_STARTING || state == TASK_STARTED)
            return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    struct command_line c = {.run.provider = "BMODFS"};
    bool told = false;
    uint32_t console_tasks = UINT32_MAX;

    services_init();
    server_check("service thread", service_init());
    server_check("pager thread", pager_init(service_irq()));
    for (int i = 1; i < argc; i++)
        if (!take_option(argv[i], &c) && argv[i][0] == '-')
            report_line("unknown option %s", argv[i]);
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-')
            worker_add(argv[i]);
    worker_init(&c.run);
    for (;;) {
        if (!worker_turn())
            continue;
        if (c.console && !c.leave) {
            console_tasks = start_console(c.console);
            c.console = NULL;
        } else if (!told && !is_running(console_tasks)) {
            told = true;
            all_ended(&c, worker_failed());
        }
    }
}
