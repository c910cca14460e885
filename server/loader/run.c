/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <elf.h>

#include "errors/errors.h"
#include "idl/fprov.h"
#include "ipc/slots.h"
#include "launch.h"
#include "report.h"
#include "script/script.h"
#include "server/server.h"
#include "services.h"

#define PROVIDER_TIMEOUT_US 10000000

enum { CANDIDATES = 16, CANDIDATE_SIZE = 200 };

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

static void print_errors(const struct script_errors *errors)
{
    for (unsigned i = 0; i < errors->count; i++)
        fputs(errors->error[i].text, stdout);
    if (errors->more)
        puts("... and more errors");
}

/** Prints a report line by line, so that each carries the loader's tag. */
static void print_report(const char *report)
{
    fputs(report, stdout);
    if (report[0] && report[strlen(report) - 1] != '\n')
        putchar('\n');
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

/** `memory SIZE at ADDRESS` in a native task: memory of the task at that address. */
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
}

static long start_task(const struct script_job *job, const struct run_options *options,
                       uint32_t *id)
{
    static struct candidates candidates;
    static struct launch l;
    const struct script_task *task = job->task;
    const char *provider = task->file_provider ? task->file_provider : options->provider;

    find_candidates(task, &candidates);
    l = (struct launch){
        .name = task->name,
        .files = candidates.names,
        .libpath = task->path[SCRIPT_LIBPATH],
        .argv = task->argv,
        .argc = (unsigned)task->argc,
        .verbose = job->verbose > options->verbose ? job->verbose : options->verbose,
        .priority = task->priority,
        .mcp = task->mcp,
        .stack_size = task->stack_size,
        .heap_max = task->heap_size,
        .kernel_quota = task->quota ? task->quota->bytes : 0,
        .provider = services_provider(provider, PROVIDER_TIMEOUT_US),
    };
    take_regions(task, &l);
    if (!l.provider) {
        report_line("%s: no file provider %s", task->name, provider);
        return -ERR_ENOENT;
    }
    long error = launch(&l);
    if (error < 0) {
        print_report(l.report);
        report_line("%s not started: %s", task->name, error_text(error));
        return error;
    }
    if (id)
        *id = l.task->id;
    return 0;
}

/* ---- scripts ---- */

static long run_job(const struct script_job *job, const struct run_options *options, uint32_t *id)
{
    switch (job->kind) {
    case SCRIPT_TASK:
        return start_task(job, options, id);
    case SCRIPT_SLEEP:
        server_sleep_us(job->milliseconds * 1000);
        return 0;
    default:
        report_line("memdump: not available yet");
        return 0;
    }
}

/** Runs the jobs in order up to the first that fails (doc/script.md 6). */
static long run_script(struct script *script, const struct run_options *options, uint32_t *id)
{
    long error = 0;

    for (const struct script_note *note = script->notes; note; note = note->next)
        report_line("%s", note->text);
    for (const struct script_job *job = script->jobs; job && error >= 0; job = job->next)
        error = run_job(job, options, id);
    script_free(script);
    return error;
}

/** A file as the provider delivered it, mapped. */
struct file {
    l4_cap_t dataspace;
    void *address;
    uint64_t size, mapped;
};

static long open_file(const char *name, const struct run_options *options, struct file *file)
{
    l4_cap_t provider = services_provider(options->provider, PROVIDER_TIMEOUT_US);

    file->dataspace = slots_alloc();
    if (!provider || !file->dataspace)
        return -ERR_ENOENT;
    long error = fprov_open(provider, name, services.dm, &file->size, file->dataspace);
    if (error < 0) {
        slots_free(file->dataspace);
        return error;
    }
    file->mapped = (file->size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
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

long run_command(const char *command, const struct run_options *options, uint32_t *id)
{
    static struct script_errors errors;
    char name[CANDIDATE_SIZE];
    struct file file;
    struct script *script;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(command, " \t"), command);
    long error = open_file(name, options, &file);
    if (error < 0) {
        report_line("%s: %s", name, error_text(error));
        return error;
    }
    if (is_program(&file)) {
        const struct script_source source = {
            .name = name, .text = command, .length = strlen(command)};
        script = script_program(&source, &memory, &errors);
    } else {
        const struct script_source source = {
            .name = name, .text = file.address, .length = file.size};
        script = script_parse(&source, &memory, &errors);
    }
    close_file(&file);
    if (!script) {
        print_errors(&errors);
        report_line("%s: not run: %s", name, error_text(-ERR_ESCRIPT));
        return -ERR_ESCRIPT;
    }
    return run_script(script, options, id);
}
