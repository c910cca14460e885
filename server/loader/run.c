/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <elf.h>
#include <task/slots.h>

#include "books.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "ipc/slots.h"
#include "launch.h"
#include "report.h"
#include "script/script.h"
#include "server/server.h"
#include "services.h"
#include "turn.h"
#include "unused.h"

enum { CANDIDATES = 16, CANDIDATE_SIZE = 200 };

/* What a provider may take for a file that may be a script; what is larger is none. */
#define SCRIPT_LIMIT (1ull << 20)

static void *script_alloc(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void script_give_back(void *context, void *block)
{
    (void)context;
    free(block);
}

static const struct script_memory memory = {.alloc = script_alloc, .free = script_give_back};

/** Adds @text to the answer of the request, as far as there is room. */
static void answer_text(struct run *run, const char *text)
{
    if (!run->request)
        return;
    size_t used = strlen(run->request->text);
    snprintf(run->request->text + used, sizeof run->request->text - used, "%s", text);
}

/** Prints @text, whole lines, and answers with it. */
static void say_text(struct run *run, const char *text)
{
    size_t length = strlen(text);

    fputs(text, stdout);
    answer_text(run, text);
    if (length && text[length - 1] != '\n') {
        putchar('\n');
        answer_text(run, "\n");
    }
}

__attribute__((format(printf, 2, 3))) static void say(struct run *run, const char *format, ...)
{
    char line[400];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    say_text(run, line);
}

static void say_errors(struct run *run, const struct script_errors *errors)
{
    for (unsigned i = 0; i < errors->count; i++)
        say_text(run, errors->error[i].text);
    if (errors->more)
        say(run, "... and more errors");
}

/* ---- one task of a script ---- */

/** File names to try for a program, in order. */
struct candidates {
    char text[CANDIDATES][CANDIDATE_SIZE];
    const char *names[CANDIDATES + 1];
};

static void find_candidates(const struct script_task *task, struct candidates *c)
{
    struct script_candidates walk;
    unsigned count = 0;
    long n;

    script_candidates_begin(&walk, task->path[SCRIPT_BINPATH], task->name);
    while (count < CANDIDATES
           && (n = script_candidates_next(&walk, c->text[count], CANDIDATE_SIZE)) != 0)
        if (n > 0) {
            c->names[count] = c->text[count];
            count++;
        }
    c->names[count] = NULL;
}

/**
 * `memory SIZE at ADDRESS` in a native task: memory of the task at that address; of the rest none
 * is given.
 */
static void take_regions(const struct script_task *task, struct launch *l)
{
    for (const struct script_region *r = task->regions; r; r = r->next) {
        if (r->range.kind == SCRIPT_AT && !l->kept_size) {
            l->kept_start = r->range.start;
            l->kept_size = r->size;
        } else {
            report_line("%s: warning: memory of Sigma0 clients is not given out yet", task->name);
        }
    }
    if (task->module_count)
        report_line("%s: warning: modules are not given to tasks yet, it will see none", task->name);
}

static uint32_t chosen_verbose(const struct run *run)
{
    uint32_t asked = run->options->verbose;

    return run->job->verbose > asked ? run->job->verbose : asked;
}

uint32_t run_account(const struct run *run)
{
    return run->request ? run->request->account : ACCOUNT_TRUSTED;
}

/** The program's file, if the client has brought it along; else null. */
static const struct image *image_of(const struct run *run)
{
    return run->request && run->request->image.dataspace ? &run->request->image : NULL;
}

static void fill_launch(const struct run *run, struct launch *l)
{
    const struct script_task *task = run->job->task;

    *l = (struct launch){
        .name = task->name,
        .libpath = task->path[SCRIPT_LIBPATH],
        .argv = task->argv,
        .argc = (unsigned)task->argc,
        .verbose = chosen_verbose(run),
        .priority = task->priority,
        .mcp = task->mcp,
        .stack_size = task->stack_size,
        .heap_max = task->heap_size,
        .kernel_quota = task->quota ? task->quota->bytes : 0,
        .may_control = task->flags & SCRIPT_TASK_ALLOW_KILL,
    };
    take_regions(task, l);
    l->account = run_account(run);
    if (run->request) {
        l->image = image_of(run);
        l->stops = run->request->stops;
        l->cancelled = &run->request->killed;
    }
}

static void add_task(struct run *run, uint32_t id)
{
    struct request *r = run->request;

    if (r && r->count < REQUEST_TASKS)
        r->ids[r->count++] = id;
}

/** verbose 2: where the program and its libraries will be looked for. */
static void report_paths(const struct launch *l)
{
    for (unsigned i = 0; l->files[i]; i++)
        report_line("        program %s", l->files[i]);
    report_line("        libraries along '%s'", l->libpath);
}

/** What other programs have started does not go as far as the command line's scripts. */
static long check_request(struct run *run, const struct script_task *task)
{
    if (run->request->count == REQUEST_TASKS) {
        say(run, "%s: more than %d tasks", task->name, REQUEST_TASKS);
        return -ERR_ETOOMANY;
    }
    if (task->mcp > SCRIPT_MCP) {
        say(run, "%s: mcp %u: more than %d only by a script of the command line", task->name,
            task->mcp, SCRIPT_MCP);
        return -ERR_EPERM;
    }
    return 0;
}

static long start_task(struct run *run)
{
    struct candidates candidates;
    struct launch l;
    const struct script_task *task = run->job->task;
    const char *provider = run_provider(run);
    long error = run->request ? check_request(run, task) : 0;

    if (error)
        return error;
    char file[PROGRAM_NAME_SIZE];

    snprintf(file, sizeof file, "%.*s", (int)strcspn(run->command, " \t"), run->command);
    unused_report(file, run->job);
    find_candidates(task, &candidates);
    fill_launch(run, &l);
    l.files = candidates.names;
    if (l.verbose >= 2)
        report_paths(&l);
    l.provider = services_provider(provider, run->patience_us);
    if (!l.provider) {
        say(run, "%s: no file provider %s", task->name, provider);
        return -ERR_ENOENT;
    }
    error = launch(&l);
    if (error < 0) {
        say_text(run, l.report);
        say(run, "%s not started: %s", task->name, error_text(error));
        return error;
    }
    add_task(run, l.task->id);
    if (run->program[0] && !l.image)
        programs_add(l.provider, run->program);
    return 0;
}

/* ---- files ---- */

/** A file of a provider, as a snapshot of our own, mapped. */
struct file {
    l4_cap_t dataspace;
    void *address;
    uint64_t size, mapped;
};

/**
 * Has the provider deliver the file on a session of its own: what it takes and keeps is not ours.
 * The account goes with its last page.
 */
static long deliver(l4_cap_t provider, const char *name, l4_cap_t delivered, uint64_t *size)
{
    l4_cap_t session = slots_alloc();

    if (!session)
        return -ERR_ENOMEM;
    long error = dm_session(services.dm, "script", SCRIPT_LIMIT, session);
    if (error < 0) {
        slots_free(session);
        return error;
    }
    turn_leave();
    error = fprov_open(provider, name, session, size, delivered);
    turn_enter();
    slots_release(session);
    return error;
}

/**
 * Gets the file. A provider may hand out anything, and change it later: only DM_PHYS is asked about
 * it, and only a copy is read (design rule 8).
 */
static long snapshot_file(l4_cap_t provider, const char *name, struct file *file)
{
    l4_cap_t delivered = slots_alloc();

    if (!delivered)
        return -ERR_ENOMEM;
    long error = deliver(provider, name, delivered, &file->size);
    if (error < 0) {
        slots_free(delivered);
        return error;
    }
    if (file->size > SCRIPT_LIMIT) {
        slots_release(delivered);
        return -ERR_E2BIG;
    }
    file->mapped = (file->size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    error = file->mapped ? dm_copy(TASK_CAP_DM, delivered, 0, file->mapped, "file", file->dataspace)
                         : -ERR_ETRUNCATED;
    slots_release(delivered);
    return error;
}

static long open_file(l4_cap_t provider, const char *name, struct file *file)
{
    file->dataspace = provider ? slots_alloc() : 0;
    if (!file->dataspace)
        return -ERR_ENOENT;
    long error = snapshot_file(provider, name, file);
    if (error < 0) {
        slots_free(file->dataspace);
        return error;
    }
    error = server_map(file->dataspace, 0, file->mapped, L4_FPAGE_R, &file->address);
    if (error < 0)
        slots_release(file->dataspace);
    return error;
}

static void close_file(struct file *file)
{
    server_unmap(file->address, file->mapped);
    slots_release(file->dataspace);
}

static bool is_program(const struct file *file)
{
    return file->size >= SELFMAG && memcmp(file->address, ELFMAG, SELFMAG) == 0;
}

/* ---- all of it ---- */

void run_begin(struct run *run)
{
    const char *command = run->command;
    static struct script_errors errors;
    char name[PROGRAM_NAME_SIZE];
    struct file file = {0};

    run->begun = true;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(command, " \t"), command);
    l4_cap_t provider = services_provider(run->options->provider, run->patience_us);
    bool known = image_of(run) || programs_know(provider, name);
    run->error = known ? 0 : open_file(provider, name, &file);
    if (run->error == -ERR_EFOREIGN || run->error == -ERR_ENOMEM || run->error == -ERR_E2BIG) {
        /* on demand, or too large: no script; exec reads a copy */
        known = true;
        run->error = 0;
    }
    if (run->error < 0) {
        say(run, "%s: %s", name, error_text(run->error));
        return;
    }
    bool program = known || is_program(&file);
    const struct script_source source = {.name = name,
                                         .text = program ? command : file.address,
                                         .length = program ? strlen(command) : file.size};
    run->script = program ? script_program(&source, &memory, &errors)
                          : script_parse(&source, &memory, &errors);
    if (program)
        memcpy(run->program, name, sizeof run->program);
    if (!known)
        close_file(&file);
    if (!run->script) {
        say_errors(run, &errors);
        say(run, "%s: not run: %s", name, error_text(-ERR_ESCRIPT));
        run->error = -ERR_ESCRIPT;
        return;
    }
    for (const struct script_note *note = run->script->notes; note; note = note->next)
        report_line("%s", note->text);
    run->job = run->script->jobs;
}

const char *run_partner(const struct run *run)
{
    const struct image *image = image_of(run);

    return image && image->foreign ? "a client's manager" : run_provider(run);
}

const char *run_provider(const struct run *run)
{
    const struct script_task *task = run->job ? run->job->task : NULL;

    return task && task->file_provider ? task->file_provider : run->options->provider;
}

static long run_job(struct run *run)
{
    switch (run->job->kind) {
    case SCRIPT_TASK:
        return start_task(run);
    case SCRIPT_SLEEP:
        run->wake_us = server_clock_us() + run->job->milliseconds * 1000;
        return 0;
    default:
        books_print_all("memdump");
        return 0;
    }
}

static bool is_killed(const struct run *run)
{
    return run->request && atomic_load(&run->request->killed);
}

bool run_step(struct run *run)
{
    if (is_killed(run) && !run->error)
        run->error = -ERR_EKILLED;
    if (run->job && !run->error) {
        if (server_clock_us() < run->wake_us)
            return true;
        run->error = run_job(run);
        run->job = run->job->next;
        if (run->job && !run->error)
            return true;
    }
    if (server_clock_us() < run->wake_us && !run->error)
        return true; /* a sleep is the last job */
    if (run->script)
        script_free(run->script);
    run->script = NULL;
    run->job = NULL;
    return false;
}
