/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_task.h"
#include "idl/log_session.h"
#include "l4sys/clock.h"
#include "l4sys/ipc.h"
#include "tasks.h"

#define WAIT_US 300000 /* then a look at Ctrl-C */

static int done(const char *what, long error)
{
    if (error < 0)
        printf("%s: %s (%ld)\n", what, error_text(error), error);
    return error < 0;
}

static const char *state_name(uint32_t state)
{
    static const char *const names[] = {"running", "exited",  "killed",
                                        "fault",   "stopped", "starting"};

    return state < sizeof names / sizeof names[0] ? names[state] : "?";
}

/* ---- starting ---- */

/**
 * Puts the words together again, each in quotes, so that the loader splits them as they are. A word
 * with both kinds of quotes cannot be.
 */
static bool join(char *to, size_t size, unsigned count, char **words)
{
    size_t used = 0;

    to[0] = 0;
    for (unsigned i = 0; i < count; i++) {
        char quote = strchr(words[i], '\'') ? '"' : '\'';
        if (strchr(words[i], quote))
            return false;
        int n = snprintf(to + used, size - used, "%s%c%s%c", i ? " " : "", quote, words[i], quote);
        if (n < 0 || (size_t)n >= size - used)
            return false;
        used += (size_t)n;
    }
    return true;
}

static long open_task(unsigned count, char **words, uint32_t flags, uint32_t *id)
{
    char args[201];

    if (!join(args, sizeof args, count - 2, words + 2)) {
        printf("%s: too many arguments, or one with both kinds of quotes\n", words[1]);
        return -ERR_E2BIG;
    }
    long error = tasks_open(words[1], args, flags, id);
    if (!error)
        printf("started %s, task %u\n", words[1], *id);
    return error;
}

static int wait_for(uint32_t id)
{
    l4_cap_t control = tasks_control(id);
    uint32_t state = LOADER_STATE_RUNNING;
    int32_t code = 0;
    bool stop = false;
    long error = control ? 0 : -ERR_ENOENT;

    while (!error && !stop && !tasks_ended(state)) {
        error = loader_control_wait(control, WAIT_US, &state, &code);
        if (log_session_interrupted(TASK_CAP_LOG, &stop) < 0)
            stop = false;
    }
    if (error)
        return done("wait", error);
    if (!tasks_ended(state)) {
        printf("task %u goes on\n", id);
        return 1;
    }
    tasks_forget(id);
    if (state == LOADER_STATE_EXITED)
        printf("task %u ended with code %d\n", id, code);
    else
        printf("task %u ended without code: %s\n", id, state_name(state));
    return state == LOADER_STATE_EXITED ? code : 1;
}

static int do_start(unsigned count, char **words)
{
    uint32_t id;

    return open_task(count, words, 0, &id) < 0 ? 1 : wait_for(id);
}

static int do_spawn(unsigned count, char **words)
{
    uint32_t id;

    return open_task(count, words, 0, &id) < 0;
}

static int do_stopped(unsigned count, char **words)
{
    uint32_t id;

    return open_task(count, words, LOADER_STOPPED, &id) < 0;
}

/* ---- tasks by number ---- */

static int do_wait(unsigned count, char **words)
{
    (void)count;
    return wait_for(tasks_number(words[1]));
}

static int do_cont(unsigned count, char **words)
{
    l4_cap_t control = tasks_control(tasks_number(words[1]));

    (void)count;
    return control ? done("cont", loader_control_cont(control)) : 1;
}

static int do_kill(unsigned count, char **words)
{
    uint32_t id = tasks_number(words[1]);
    l4_cap_t control = tasks_control(id);

    (void)count;
    if (!control || done("kill", loader_control_kill(control)))
        return 1;
    printf("task %u killed\n", id);
    return 0;
}

static void print_task(const struct loader_task *t)
{
    printf("%4u %-16s %-8s %6d %8lu %8lu\n", t->id, t->name, state_name(t->state), t->code,
           t->private >> 12, t->shared >> 12);
}

static void print_head(void)
{
    printf("%4s %-16s %-8s %6s %8s %8s\n", "task", "name", "state", "code", "private", "shared");
}

static int do_list(unsigned count, char **words)
{
    struct loader_task tasks[3];
    uint32_t n;

    (void)count, (void)words;
    print_head();
    for (uint32_t first = 0;; first = tasks[n - 1].id + 1) {
        long error = loader_list(tasks_loader(), first, tasks, &n);
        if (error < 0 || n == 0)
            return done("list", error);
        for (uint32_t i = 0; i < n; i++)
            print_task(&tasks[i]);
    }
}

static int do_info(unsigned count, char **words)
{
    uint32_t id = tasks_number(words[1]), n = 0;
    struct loader_task task;
    struct loader_section s[5];

    (void)count;
    long error = loader_info(tasks_loader(), id, &task);
    if (error < 0)
        return done("info", error);
    print_head();
    print_task(&task);
    for (uint32_t first = 0; !error; first += n) {
        error = loader_sections(tasks_loader(), id, first, s, &n);
        for (uint32_t i = 0; !error && i < n; i++)
            printf("     0x%lx+0x%lx %c%c%c %s %s\n", s[i].start, s[i].size,
                   s[i].rights & L4_FPAGE_R ? 'r' : '-', s[i].rights & L4_FPAGE_W ? 'w' : '-',
                   s[i].rights & L4_FPAGE_X ? 'x' : '-', s[i].written ? "private" : "shared",
                   s[i].object);
        if (n == 0)
            break;
    }
    return done("info", error);
}

static int do_dump(unsigned count, char **words)
{
    return done("dump", loader_dump(tasks_loader(), count > 1 ? tasks_number(words[1]) : 0));
}

static int do_books(unsigned count, char **words)
{
    return done("books", loader_task_books(TASK_CAP_LOADER, count > 1 ? words[1] : "run"));
}

static int do_sleep(unsigned count, char **words)
{
    (void)count;
    l4_sleep_us(strtoul(words[1], NULL, 0) * 1000);
    return 0;
}

/* ---- the table ---- */

static int do_quit(unsigned count, char **words)
{
    (void)count, (void)words;
    exit(0);
}

static int do_help(unsigned count, char **words);

static const struct command {
    const char *name;
    const char *arguments;
    int (*run)(unsigned count, char **words);
    unsigned words; /* at least */
    const char *what;
} commands[] = {
    {"start", "NAME ARGUMENTS", do_start, 2, "start a program or script, wait for its end"},
    {"spawn", "NAME ARGUMENTS", do_spawn, 2, "start it"},
    {"stopped", "NAME ARGUMENTS", do_stopped, 2, "start it, but not its first instruction"},
    {"cont", "N", do_cont, 2, "let a stopped task go on"},
    {"kill", "N", do_kill, 2, "end a task"},
    {"wait", "N", do_wait, 2, "wait for its end"},
    {"list", "", do_list, 1, "all tasks; pages of 4 KiB"},
    {"info", "N", do_info, 2, "one task and its sections"},
    {"dump", "[N]", do_dump, 1, "the same to the loader's log"},
    {"books", "[NAME]", do_books, 1, "what every server and the kernel hold for whom"},
    {"sleep", "MS", do_sleep, 2, "do nothing"},
    {"quit", "", do_quit, 1, "end this program"},
    {"help", "", do_help, 1, "this; N is a task's number, or: last"},
};

static int do_help(unsigned count, char **words)
{
    (void)count, (void)words;
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++)
        printf("%-8s %-15s %s\n", commands[i].name, commands[i].arguments, commands[i].what);
    return 0;
}

static int run_one(unsigned count, char **words)
{
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct command *c = &commands[i];
        if (strcmp(c->name, words[0]) != 0)
            continue;
        if (count >= c->words)
            return c->run(count, words);
        printf("usage: %s %s\n", c->name, c->arguments);
        return 1;
    }
    printf("unknown command %s (try: help)\n", words[0]);
    return 1;
}

int commands_run(unsigned count, char **words)
{
    int code = 0;

    for (unsigned start = 0, end; start < count; start = end + 1) {
        for (end = start; end < count && strcmp(words[end], ",") != 0; end++)
            ;
        if (end > start)
            code = run_one(end - start, words + start);
    }
    return code;
}
