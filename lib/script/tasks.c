/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs, tasks and the template: where constraints and settings come together. */
#include "script/parser.h"

#include <string.h>

/* Append a job; null after an error. */
struct script_job *job_add(struct parser *parser, enum script_job_kind kind)
{
    struct script_job *job = parser_alloc(parser, sizeof(*job));
    if (!job)
        return NULL;
    job->kind = kind;
    job->verbose = parser->settings.verbose;
    job->place = parser->keyword.place;
    *parser->jobs = job;
    parser->jobs = &job->next;
    parser->script->job_count++;
    return job;
}

/* Constraints from here on belong to @task. */
static void section_open(struct parser *parser, enum section_kind kind, struct script_task *task)
{
    parser->section = (struct section){
        .kind = kind,
        .task = task,
        .priority = parser->keyword,
        .errors = parser->errors->count,
        .modules = &task->modules,
        .regions = &task->regions,
        .ports = &task->ports,
        .partners = &task->partners,
    };
}

/* Checks that need all constraints of a task. */
void section_close(struct parser *parser)
{
    const struct section *section = &parser->section;
    bool whole = section->kind == SECTION_TASK && section->errors == parser->errors->count;
    if (whole && section->task->priority > section->task->mcp)
        report(parser, &section->priority, "priority %u of task \"%s\" is above its mcp %u",
               section->task->priority, show_string(section->task->name).text,
               section->task->mcp);
}

/* Paths in force: libpath from binpath, binpath from modpath, where not set. */
static void settle_paths(const struct settings *settings, struct script_task *task)
{
    const char *inherited = "";
    for (int i = 0; i < SCRIPT_PATHS; i++) {
        if (settings->path[i])
            inherited = settings->path[i];
        task->path[i] = inherited;
    }
}

/* Split task->arguments into argv; the text of the words is copied behind the array. */
static bool split_arguments(struct parser *parser, struct script_task *task,
                            const struct spot *spot)
{
    struct script_words words = { .rest = task->arguments };
    size_t count = 1, bytes = 0;
    for (; script_words_next(&words); count++)
        bytes += words.length + 1;
    if (words.problem)
        return report(parser, spot, "word %zu of the arguments: %s", count, words.problem);

    const char **argv = parser_alloc(parser, (count + 1) * sizeof(*argv));
    char *text = parser_alloc(parser, bytes + 1);
    if (!argv || !text)
        return false;
    argv[0] = task->name;
    words = (struct script_words){ .rest = task->arguments };
    for (size_t i = 1; script_words_next(&words); i++) {
        argv[i] = memcpy(text, words.word, words.length);
        text += words.length + 1;
    }
    task->argv = argv;
    task->argc = count;
    return true;
}

/* "task" ( "template" | STRING [ STRING ] ) */
bool parse_task(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    section_close(parser);
    if (token_is(parser, "template")) {
        section_open(parser, SECTION_TEMPLATE, &parser->template);
        parser_advance(parser);
        return true;
    }
    section_open(parser, SECTION_LOST, &parser->lost);
    struct script_task *task = parser_alloc(parser, sizeof(*task));
    if (!task)
        return false;
    *task = parser->template;
    task->symbols = parser->settings.symbols;
    task->lines = parser->settings.lines;
    settle_paths(&parser->settings, task);

    struct script_job *job = job_add(parser, SCRIPT_TASK);
    if (!job || !take_name(parser, "the file name of the task", &task->name))
        return false;
    job->task = task;
    parser->script->task_count++;

    section_open(parser, SECTION_TASK, task);
    task->arguments = "";
    struct spot arguments_spot = parser->token.spot;
    if (parser->token.kind == TOKEN_STRING
        && !take_string(parser, "arguments", &task->arguments))
        return false;
    return split_arguments(parser, task, &arguments_spot);
}
