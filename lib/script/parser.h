/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the files of lib/script share; nothing outside includes this. */
#include "script/lexer.h"
#include "script/script.h"

#include <stdarg.h>

/* Memory that is only freed all at once. */
struct arena {
    struct script_memory memory;
    struct block *blocks;
    char *next;
    size_t left;
};

void *arena_alloc(struct arena *arena, size_t size);
void arena_free(struct arena *arena);

/* What constraints now belong to. */
enum section_kind {
    SECTION_NONE,     /* no task yet: a constraint is an error */
    SECTION_TASK,
    SECTION_TEMPLATE,
    SECTION_LOST,     /* an error was reported: take constraints without complaint */
};

enum { STATEMENTS_MAX = 56 };

#define NO_VGA (UINT32_C(1) << 31)

struct section {
    enum section_kind kind;
    struct script_task *task;
    uint32_t given;                /* SCRIPT_TASK_* and NO_VGA given here, not in a template */
    uint32_t seen[STATEMENTS_MAX]; /* line where a statement was first given, 0: not yet */
    struct spot priority;          /* of the last `priority` or `mcp` */
    unsigned errors;               /* how many there were before this section */
    struct script_module **modules;
    struct script_region **regions;
    struct script_ports **ports;
    struct script_partner **partners;
};

struct settings {
    uint32_t verbose;
    bool symbols, lines;
    const char *path[SCRIPT_PATHS]; /* null: not set */
};

struct parser {
    const struct script_source *source;
    struct script_errors *errors;
    struct arena *arena;
    struct script *script;
    struct lexer lexer;
    struct token token;   /* the next one, not yet taken */
    struct spot keyword;  /* where the statement at work begins */
    struct spot behind;   /* right behind the token taken last */
    bool stopped;         /* too many errors or no memory: only TOKEN_END from now on */
    struct settings settings;
    struct script_task template, lost;
    struct section section;
    size_t quota_count;
    struct script_job **jobs;
    struct script_quota **quotas;
    struct script_note **notes;
};

/* A keyword that begins a setting, a job, a task or a constraint. */
enum {
    ANYWHERE = 1 << 0,    /* setting or job */
    IN_TASK = 1 << 1,
    IN_TEMPLATE = 1 << 2,
    REPEATS = 1 << 3,     /* may be given several times */
};

struct statement {
    const char *word;
    unsigned where;
    bool (*parse)(struct parser *parser, const struct statement *statement);
    size_t detail; /* a flag or an offset, as parse wants it */
};

/* Every parsing function returns false after it reported an error (or met a reported one). */

/* statements.c */
const struct statement *statement_find(const struct parser *parser, const struct token *token);
const char *statement_nearest(const struct parser *parser, const struct token *token);
bool statement_run(struct parser *parser, const struct statement *statement);

/* tasks.c */
bool parse_task(struct parser *parser, const struct statement *statement);
void section_close(struct parser *parser);
void parse_command(struct parser *parser);
struct script_job *job_add(struct parser *parser, enum script_job_kind kind);

/* constraints.c, memory.c */
bool parse_module(struct parser *parser, const struct statement *statement);
bool parse_memory(struct parser *parser, const struct statement *statement);
bool parse_ioport(struct parser *parser, const struct statement *statement);
bool parse_partner(struct parser *parser, const struct statement *statement);
bool parse_use_quota(struct parser *parser, const struct statement *statement);
bool parse_integrity(struct parser *parser, const struct statement *statement);
bool take_range(struct parser *parser, struct script_range *range);

/* take.c: the pieces of a statement */
struct bounds {
    uint64_t low, high; /* both included */
};

void parser_advance(struct parser *parser);
bool token_is(const struct parser *parser, const char *text);
bool take_if(struct parser *parser, const char *text);
bool take_sign(struct parser *parser, const char *sign, const char *purpose);
bool take_string(struct parser *parser, const char *what, const char **string);
bool take_name(struct parser *parser, const char *what, const char **name);
bool take_number(struct parser *parser, const char *what, uint64_t *value);
bool take_bounded(struct parser *parser, const char *what, struct bounds bounds, uint64_t *value);
bool take_size(struct parser *parser, const char *what, uint64_t *bytes);
bool take_pages(struct parser *parser, const char *what, uint64_t *bytes);
bool take_time(struct parser *parser, uint64_t *milliseconds);
void *parser_alloc(struct parser *parser, size_t size);

/* errors.c */
struct shown {
    char text[64];
};

struct shown show(const struct parser *parser, const struct token *token);
struct shown show_string(const char *string);
bool report(struct parser *parser, const struct spot *spot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool report_expected(struct parser *parser, const char *what);
void note(struct parser *parser, const struct spot *spot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* nearest.c: spelling help */
struct nearest {
    const char *word;
    size_t length;
    const char *best; /* null: nothing near enough */
    unsigned distance;
};

void nearest_init(struct nearest *nearest, const char *word, size_t length);
void nearest_offer(struct nearest *nearest, const char *candidate);
