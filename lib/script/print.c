/* SPDX-License-Identifier: BSD-2-Clause */
/* The canonical form: what a script means, written as a script. */
#include "script/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct printer {
    const struct script_output *output;
    bool paths;                     /* paths are wanted */
    uint32_t verbose;               /* what the text so far has set */
    bool symbols, lines;
    const char *path[SCRIPT_PATHS];
};

struct flag_name {
    uint32_t bit;
    const char *word;
};

static const struct flag_name task_flags[] = {
    { SCRIPT_TASK_DIRECT_MAPPED, "direct_mapped" },
    { SCRIPT_TASK_NOSUPERPAGES, "nosuperpages" },
    { SCRIPT_TASK_NO_SIGMA0, "no_sigma0" },
    { SCRIPT_TASK_REBOOT_ABLE, "reboot_able" },
    { SCRIPT_TASK_ALLOW_VGA, "allow_vga" },
    { SCRIPT_TASK_ALLOW_BIOS, "allow_bios" },
    { SCRIPT_TASK_ALLOW_KILL, "allow_kill" },
    { SCRIPT_TASK_ALLOW_CLI, "allow_cli" },
    { SCRIPT_TASK_SHOW_APP_AREAS, "show_app_areas" },
    { SCRIPT_TASK_ALL_SECTS_WRITABLE, "all_sects_writable" },
    { SCRIPT_TASK_L4ENV, "l4env" },
    { SCRIPT_TASK_HASH_MODULES, "hash_modules" },
    { 0, NULL },
};

static const struct flag_name memory_flags[] = {
    { SCRIPT_MEMORY_DMA_ABLE, "dma_able" },
    { SCRIPT_MEMORY_CONTIGUOUS, "contiguous" },
    { SCRIPT_MEMORY_DIRECT_MAPPED, "direct_mapped" },
    { SCRIPT_MEMORY_NOSUPERPAGES, "nosuperpages" },
    { 0, NULL },
};

static void put(struct printer *printer, const char *text)
{
    printer->output->write(printer->output->context, text, strlen(text));
}

/* Keywords and numbers; strings of the script have no bound and go through put_string. */
__attribute__((format(printf, 2, 3)))
static void putf(struct printer *printer, const char *format, ...)
{
    char text[80];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    put(printer, text);
}

/* A string of a script never holds both quotes: it stood between two of one kind. */
static void put_string(struct printer *printer, const char *string)
{
    const char *quote = strchr(string, '"') ? "'" : "\"";
    put(printer, quote);
    put(printer, string);
    put(printer, quote);
}

/* `KEYWORD "STRING"` on a line, if there is a string. */
static void put_named(struct printer *printer, const char *keyword, const char *string)
{
    if (!string)
        return;
    put(printer, keyword);
    put_string(printer, string);
    put(printer, "\n");
}

static void put_size(struct printer *printer, uint64_t bytes)
{
    static const char *const units[] = { "", "KB", "MB", "GB" };
    int unit = 0;
    while (unit < 3 && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    putf(printer, "%llu%s", (unsigned long long)bytes, units[unit]);
}

static void put_range(struct printer *printer, const struct script_range *range)
{
    if (range->kind == SCRIPT_AT) {
        putf(printer, " at 0x%llx", (unsigned long long)range->start);
    } else if (range->kind == SCRIPT_IN) {
        put(printer, " in [");
        put_size(printer, range->start);
        put(printer, ", ");
        put_size(printer, range->end);
        put(printer, "]");
    }
}

static void put_module(struct printer *printer, const struct script_module *module)
{
    put(printer, "  module ");
    put_string(printer, module->name);
    if (*module->arguments) {
        put(printer, " ");
        put_string(printer, module->arguments);
    }
    put_range(printer, &module->range);
    put(printer, "\n");
}

static void put_region(struct printer *printer, const struct script_region *region)
{
    put(printer, "  memory ");
    put_size(printer, region->size);
    put_range(printer, &region->range);
    const char *before = " is [";
    for (const struct flag_name *flag = memory_flags; flag->bit; flag++) {
        if (region->flags & flag->bit) {
            putf(printer, "%s%s", before, flag->word);
            before = " ";
        }
    }
    if (region->pool) {
        putf(printer, "%spool %u", before, region->pool);
        before = " ";
    }
    bool open = strcmp(before, " ") == 0;
    put(printer, open ? "]\n" : "\n");
}

static void put_ports(struct printer *printer, const struct script_ports *ports)
{
    if (ports->end == ports->start + 1)
        putf(printer, "  ioport 0x%x\n", ports->start);
    else
        putf(printer, "  ioport [0x%x, 0x%x]\n", ports->start, ports->end - 1);
}

static void put_area(struct printer *printer, const char *keyword, uint64_t size)
{
    if (!size)
        return;
    put(printer, keyword);
    put_size(printer, size);
    put(printer, "\n");
}

static void put_values(struct printer *printer, const struct script_task *task)
{
    if (task->priority != SCRIPT_PRIORITY)
        putf(printer, "  priority 0x%x\n", task->priority);
    if (task->mcp != SCRIPT_MCP)
        putf(printer, "  mcp 0x%x\n", task->mcp);
    if (task->number)
        putf(printer, "  taskno 0x%x\n", task->number);
    put_area(printer, "  stack_size ", task->stack_size);
    put_area(printer, "  heap_size ", task->heap_size);
    put_named(printer, "  file_provider ", task->file_provider);
    put_named(printer, "  ds_manager ", task->ds_manager);
    put_named(printer, "  cap_handler ", task->cap_handler);
    put_named(printer, "  integrity_service ", task->integrity_service);
    put_named(printer, "  integrity_id ", task->integrity_id);
    put_named(printer, "  integrity_parent_id ", task->integrity_parent_id);
    put_named(printer, "  use_quota ", task->quota ? task->quota->name : NULL);
}

/* A path, if it is not the one in force. */
static void put_path(struct printer *printer, enum script_path which, const char *path)
{
    static const char *const keywords[] = { "modpath ", "binpath ", "libpath " };
    const char *now = printer->path[which];
    if (!printer->paths || (now && strcmp(now, path) == 0))
        return;
    printer->path[which] = path;
    put_named(printer, keywords[which], path);
}

/* All three, so that none is inherited; but nothing as long as none was ever set. */
static void put_paths(struct printer *printer, const struct script_task *task)
{
    bool needed = false;
    for (int which = 0; which < SCRIPT_PATHS; which++)
        needed |= printer->path[which] || *task->path[which];
    for (int which = 0; needed && which < SCRIPT_PATHS; which++)
        put_path(printer, which, task->path[which]);
}

static void put_task(struct printer *printer, const struct script_task *task)
{
    put_paths(printer, task);
    put(printer, "task ");
    put_string(printer, task->name);
    if (*task->arguments) {
        put(printer, " ");
        put_string(printer, task->arguments);
    }
    put(printer, "\n");
    for (const struct flag_name *flag = task_flags; flag->bit; flag++) {
        if (task->flags & flag->bit)
            putf(printer, "  %s\n", flag->word);
    }
    put_values(printer, task);
    for (const struct script_module *m = task->modules; m; m = m->next) {
        if (*m->path || printer->path[SCRIPT_MODPATH])
            put_path(printer, SCRIPT_MODPATH, m->path);
        put_module(printer, m);
    }
    for (const struct script_region *r = task->regions; r; r = r->next)
        put_region(printer, r);
    for (const struct script_ports *p = task->ports; p; p = p->next)
        put_ports(printer, p);
    for (const struct script_partner *p = task->partners; p; p = p->next)
        put_named(printer, p->allow ? "  allow_ipc " : "  deny_ipc ", p->name);
}

/* Settings that differ from those in force. */
static void put_settings(struct printer *printer, const struct script_job *job)
{
    if (job->verbose != printer->verbose)
        putf(printer, "verbose %u\n", job->verbose);
    printer->verbose = job->verbose;
    if (!job->task)
        return;
    if (job->task->symbols != printer->symbols)
        putf(printer, "fiasco_symbols %d\n", job->task->symbols);
    if (job->task->lines != printer->lines)
        putf(printer, "fiasco_lines %d\n", job->task->lines);
    printer->symbols = job->task->symbols;
    printer->lines = job->task->lines;
}

void script_print(const struct script *script, const struct script_output *output)
{
    struct printer printer = { .output = output, .paths = true };
    for (const struct script_quota *quota = script->quotas; quota; quota = quota->next) {
        put(&printer, "kernel_quota ");
        put_string(&printer, quota->name);
        put(&printer, " ");
        put_size(&printer, quota->bytes);
        put(&printer, "\n");
    }
    for (const struct script_job *job = script->jobs; job; job = job->next) {
        put_settings(&printer, job);
        if (job->kind == SCRIPT_MEMDUMP)
            put(&printer, "memdump\n");
        else if (job->kind == SCRIPT_SLEEP)
            putf(&printer, "sleep %llu ms\n", (unsigned long long)job->milliseconds);
        else
            put_task(&printer, job->task);
    }
}

void script_describe(const struct script *script, const struct script_output *output)
{
    struct printer printer = { .output = output };
    for (const struct script_job *job = script->jobs; job; job = job->next) {
        printer.paths = job->verbose > 1;
        memset(printer.path, 0, sizeof(printer.path));
        if (job->task && job->verbose)
            put_task(&printer, job->task);
    }
}
