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

/* Without `mcp` a task stays below the servers, unless its own priority asks for more. */
static void settle_mcp(struct script_task *task)
{
    if (task->mcp == 0)
        task->mcp = task->priority > SCRIPT_MCP ? task->priority : SCRIPT_MCP;
}

/* Defaults and checks that need all constraints of a task. */
void section_close(struct parser *parser)
{
    const struct section *section = &parser->section;
    if (section->kind == SECTION_TASK)
        settle_mcp(section->task);
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

/* A job with a task that has the template's and the settings' values; null after an error. */
static struct script_task *task_new(struct parser *parser)
{
    struct script_task *task = parser_alloc(parser, sizeof(*task));
    struct script_job *job = task ? job_add(parser, SCRIPT_TASK) : NULL;
    if (!job)
        return NULL;
    *task = parser->template;
    task->arguments = "";
    task->symbols = parser->settings.symbols;
    task->lines = parser->settings.lines;
    settle_paths(&parser->settings, task);
    job->task = task;
    parser->script->task_count++;
    return task;
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
    struct script_task *task = task_new(parser);
    if (!task || !take_name(parser, "the file name of the task", &task->name))
        return false;
    section_open(parser, SECTION_TASK, task);
    struct spot arguments_spot = parser->token.spot;
    if (parser->token.kind == TOKEN_STRING
        && !take_string(parser, "arguments", &task->arguments))
        return false;
    return split_arguments(parser, task, &arguments_spot);
}

static char *copy_bytes(struct parser *parser, const char *bytes, size_t length)
{
    char *copy = parser_alloc(parser, length + 1);
    return copy ? memcpy(copy, bytes, length) : NULL;
}

/* Length of what stands before the last slash; of a slash at the very beginning, 1. */
static size_t directory_length(const char *name, size_t length)
{
    while (length > 0 && name[length - 1] != '/')
        length--;
    return length > 1 ? length - 1 : length;
}

/* The whole source is a command: a file name, a blank, arguments. */
void parse_command(struct parser *parser)
{
    const struct script_source *source = parser->source;
    const struct spot start = { 0, { 1, 1 } };
    char *name = copy_bytes(parser, source->text, source->length);
    if (!name)
        return;
    if (strlen(name) != source->length) {
        report(parser, &start, "NUL byte in a command");
        return;
    }
    size_t length = strcspn(name, " \t\r\n\f");
    char *directory = copy_bytes(parser, name, directory_length(name, length));
    struct script_task *task = task_new(parser);
    if (!directory || !task)
        return;
    settle_mcp(task);
    task->name = name;
    task->path[SCRIPT_LIBPATH] = directory;
    if (name[length]) {
        name[length] = 0;
        task->arguments = name + length + 1;
    }
    if (!length)
        report(parser, &start, "the file name of the program is missing");
    else
        split_arguments(parser, task, &start);
}
