/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of keywords, and the statements that are nothing but a keyword and a value. */
#include "script/parser.h"

#include <stdio.h>
#include <string.h>

static bool parse_verbose(struct parser *parser, const struct statement *statement)
{
    uint64_t value;
    if (!take_bounded(parser, statement->word, (struct bounds){ 0, 255 }, &value))
        return false;
    parser->settings.verbose = (uint32_t)value;
    return true;
}

/* fiasco_symbols, fiasco_lines: detail is the place in struct settings. */
static bool parse_switch(struct parser *parser, const struct statement *statement)
{
    uint64_t value;
    if (!take_bounded(parser, statement->word, (struct bounds){ 0, 1 }, &value))
        return false;
    *(bool *)((char *)&parser->settings + statement->detail) = value != 0;
    return true;
}

/* modpath, binpath, libpath: detail is the enum script_path. */
static bool parse_path(struct parser *parser, const struct statement *statement)
{
    return take_string(parser, "a path", &parser->settings.path[statement->detail]);
}

static bool parse_memdump(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    return job_add(parser, SCRIPT_MEMDUMP) != NULL;
}

static bool parse_sleep(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    struct script_job *job = job_add(parser, SCRIPT_SLEEP);
    return job && take_time(parser, &job->milliseconds);
}

static bool parse_kernel_quota(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    struct spot spot = parser->token.spot;
    struct script_quota *quota = parser_alloc(parser, sizeof(*quota));
    if (!quota || !take_name(parser, "the name of a quota", &quota->name))
        return false;
    for (const struct script_quota *q = parser->script->quotas; q; q = q->next) {
        if (strcmp(q->name, quota->name) == 0)
            return report(parser, &spot, "quota \"%s\" is declared twice, first in line %u",
                          show_string(quota->name).text, q->place.line);
    }
    if (++parser->quota_count > SCRIPT_QUOTAS_MAX)
        return report(parser, &spot, "more than %u quotas", SCRIPT_QUOTAS_MAX);
    /* Declared even if the size is wrong, so that each use is not one more error. */
    quota->place = spot.place;
    *parser->quotas = quota;
    parser->quotas = &quota->next;

    struct spot size = parser->token.spot;
    if (!take_size(parser, "the size of a quota", &quota->bytes))
        return false;
    return quota->bytes != 0 || report(parser, &size, "the size of a quota is 0");
}

static bool check_vga(struct parser *parser)
{
    uint32_t both = SCRIPT_TASK_ALLOW_VGA | NO_VGA;
    return (parser->section.given & both) != both
        || report(parser, &parser->keyword, "\"allow_vga\" and \"no_vga\" exclude each other");
}

/* Flags of a task: detail is the bit. */
static bool parse_flag(struct parser *parser, const struct statement *statement)
{
    parser->section.task->flags |= (uint32_t)statement->detail;
    parser->section.given |= (uint32_t)statement->detail;
    return check_vga(parser);
}

/* The default; takes back what a template gave. */
static bool parse_no_vga(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    struct section *section = &parser->section;
    if (!(section->task->flags & SCRIPT_TASK_ALLOW_VGA))
        note(parser, &parser->keyword, "\"no_vga\" is the default");
    section->task->flags &= ~(uint32_t)SCRIPT_TASK_ALLOW_VGA;
    section->given |= NO_VGA;
    return check_vga(parser);
}

/* Numbers of a task from 1 on: detail is the place of a uint32_t. */
static bool parse_value(struct parser *parser, const struct statement *statement)
{
    uint64_t value;
    bool number = statement->detail == offsetof(struct script_task, number);
    struct bounds bounds = { 1, number ? 0xffff : 255 };
    if (!number)
        parser->section.priority = parser->token.spot;
    if (!take_bounded(parser, statement->word, bounds, &value))
        return false;
    *(uint32_t *)((char *)parser->section.task + statement->detail) = (uint32_t)value;
    return true;
}

/* stack_size, heap_size: detail is the place of a uint64_t. */
static bool parse_area(struct parser *parser, const struct statement *statement)
{
    char what[40];
    snprintf(what, sizeof(what), "the size for %s", statement->word);
    return take_pages(parser, what,
                      (uint64_t *)((char *)parser->section.task + statement->detail));
}

/* Names a task looks up: detail is the place of a string. */
static bool parse_name(struct parser *parser, const struct statement *statement)
{
    char what[40];
    snprintf(what, sizeof(what), "the name for %s", statement->word);
    return take_name(parser, what,
                     (const char **)((char *)parser->section.task + statement->detail));
}

#define TASK_FIELD(field) offsetof(struct script_task, field)
#define SETTING(field) offsetof(struct settings, field)

enum { DEFAULT = IN_TASK | IN_TEMPLATE };

static const struct statement statements[] = {
    { "task", ANYWHERE, parse_task, 0 },
    { "verbose", ANYWHERE, parse_verbose, 0 },
    { "fiasco_symbols", ANYWHERE, parse_switch, SETTING(symbols) },
    { "fiasco_lines", ANYWHERE, parse_switch, SETTING(lines) },
    { "modpath", ANYWHERE, parse_path, SCRIPT_MODPATH },
    { "binpath", ANYWHERE, parse_path, SCRIPT_BINPATH },
    { "libpath", ANYWHERE, parse_path, SCRIPT_LIBPATH },
    { "kernel_quota", ANYWHERE, parse_kernel_quota, 0 },
    { "memdump", ANYWHERE, parse_memdump, 0 },
    { "sleep", ANYWHERE, parse_sleep, 0 },

    { "module", IN_TASK | REPEATS, parse_module, 0 },
    { "memory", IN_TASK | REPEATS, parse_memory, 0 },
    { "ioport", DEFAULT | REPEATS, parse_ioport, 0 },
    { "priority", DEFAULT, parse_value, TASK_FIELD(priority) },
    { "mcp", DEFAULT, parse_value, TASK_FIELD(mcp) },
    { "taskno", IN_TASK, parse_value, TASK_FIELD(number) },
    { "stack_size", DEFAULT, parse_area, TASK_FIELD(stack_size) },
    { "heap_size", DEFAULT, parse_area, TASK_FIELD(heap_size) },
    { "file_provider", DEFAULT, parse_name, TASK_FIELD(file_provider) },
    { "ds_manager", DEFAULT, parse_name, TASK_FIELD(ds_manager) },
    { "cap_handler", IN_TASK, parse_name, TASK_FIELD(cap_handler) },
    { "allow_ipc", IN_TASK | REPEATS, parse_partner, true },
    { "deny_ipc", IN_TASK | REPEATS, parse_partner, false },
    { "use_quota", IN_TASK, parse_use_quota, 0 },
    { "integrity_service", IN_TASK, parse_name, TASK_FIELD(integrity_service) },
    { "integrity_id", IN_TASK, parse_integrity, TASK_FIELD(integrity_id) },
    { "integrity_parent_id", IN_TASK, parse_integrity, TASK_FIELD(integrity_parent_id) },

    { "direct_mapped", DEFAULT, parse_flag, SCRIPT_TASK_DIRECT_MAPPED },
    { "nosuperpages", DEFAULT, parse_flag, SCRIPT_TASK_NOSUPERPAGES },
    { "no_sigma0", DEFAULT, parse_flag, SCRIPT_TASK_NO_SIGMA0 },
    { "no_vga", DEFAULT, parse_no_vga, 0 },
    { "allow_vga", DEFAULT, parse_flag, SCRIPT_TASK_ALLOW_VGA },
    { "allow_bios", DEFAULT, parse_flag, SCRIPT_TASK_ALLOW_BIOS },
    { "allow_kill", DEFAULT, parse_flag, SCRIPT_TASK_ALLOW_KILL },
    { "allow_cli", DEFAULT, parse_flag, SCRIPT_TASK_ALLOW_CLI },
    { "reboot_able", DEFAULT, parse_flag, SCRIPT_TASK_REBOOT_ABLE },
    { "rebootable", DEFAULT, parse_flag, SCRIPT_TASK_REBOOT_ABLE },
    { "show_app_areas", DEFAULT, parse_flag, SCRIPT_TASK_SHOW_APP_AREAS },
    { "all_sects_writable", DEFAULT, parse_flag, SCRIPT_TASK_ALL_SECTS_WRITABLE },
    { "l4env", DEFAULT, parse_flag, SCRIPT_TASK_L4ENV },
    { "hash_modules", DEFAULT, parse_flag, SCRIPT_TASK_HASH_MODULES },
};

enum { STATEMENTS = sizeof(statements) / sizeof(statements[0]) };
_Static_assert((int)STATEMENTS <= (int)STATEMENTS_MAX, "struct section counts them");

/* The statement that begins with @token, or null. */
const struct statement *statement_find(const struct parser *parser, const struct token *token)
{
    size_t length = token->end - token->spot.offset;
    const char *text = parser->source->text + token->spot.offset;
    for (size_t i = 0; token->kind == TOKEN_WORD && i < STATEMENTS; i++) {
        if (strlen(statements[i].word) == length && memcmp(statements[i].word, text, length) == 0)
            return &statements[i];
    }
    return NULL;
}

/* The keyword a misspelled word may mean, or null. */
const char *statement_nearest(const struct parser *parser, const struct token *token)
{
    struct nearest nearest;
    nearest_init(&nearest, parser->source->text + token->spot.offset,
                 token->end - token->spot.offset);
    for (size_t i = 0; i < STATEMENTS; i++)
        nearest_offer(&nearest, statements[i].word);
    return nearest.best;
}

/* Line in which this section was given the same thing before; 0 if it was not. */
static uint32_t given_in_line(const struct section *section, const struct statement *statement)
{
    for (size_t i = 0; i < STATEMENTS; i++) {
        if (section->seen[i] && statements[i].parse == statement->parse
            && statements[i].detail == statement->detail)
            return section->seen[i];
    }
    return 0;
}

/* A constraint must have a task, fit to it and be new. */
static bool constraint_check(struct parser *parser, const struct statement *statement)
{
    const struct spot *spot = &parser->keyword;
    struct section *section = &parser->section;
    if (section->kind == SECTION_LOST)
        return true;
    if (section->kind == SECTION_NONE)
        return report(parser, spot, "\"%s\" belongs to a task, but there is none yet",
                      statement->word);
    if (section->kind == SECTION_TEMPLATE && !(statement->where & IN_TEMPLATE))
        return report(parser, spot, "\"%s\" cannot be a default: it stands in a template",
                      statement->word);
    uint32_t line = given_in_line(section, statement);
    if (line && !(statement->where & REPEATS))
        return report(parser, spot, "\"%s\" is given twice for one task, first in line %u",
                      statement->word, line);
    section->seen[statement - statements] = spot->place.line;
    return true;
}

/* Take the keyword and what follows it. */
bool statement_run(struct parser *parser, const struct statement *statement)
{
    bool fine = true;
    parser->keyword = parser->token.spot;
    if (!(statement->where & ANYWHERE))
        fine = constraint_check(parser, statement);
    parser_advance(parser);
    /* A misplaced constraint is read all the same: its words must not look like new ones. */
    return statement->parse(parser, statement) && fine;
}
