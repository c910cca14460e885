/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

#include "idl/exec_task.h"
#include "idl/loader.h"
#include "l4sys/log.h"
#include "places.h"

void report_line(const char *format, ...)
{
    char line[400];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    if (n < 0)
        return;
    if (n > (int)sizeof line - 2)
        n = (int)sizeof line - 2;
    line[n++] = '\n';
    l4_log_write(TASK_CAP_LOG, line, (size_t)n);
}

enum { FUNCTION_TEXT = 96 };

/** ", in NAME+0x12" for the function at @ip, as far as exec knows it; else "". */
static void describe_function(const struct task *task, const struct places *places, uint64_t ip,
                              char text[FUNCTION_TEXT])
{
    uint32_t object;
    uint64_t offset, start;
    char name[64];

    text[0] = 0;
    if (task->linker && places_find(places, ip, &object, &offset)
        && exec_task_function(task->linker, object, offset, &start, name) >= 0)
        snprintf(text, FUNCTION_TEXT, ", in %s+0x%lx", name, offset - start);
}

void report_fault(const struct task *task)
{
    const struct task_fault *fault = &task->fault;
    struct places places;
    char where[96], what[96], function[FUNCTION_TEXT];

    places_open(task, &places);
    places_describe(&places, fault->ip, where, sizeof where);
    places_describe(&places, fault->address, what, sizeof what);
    describe_function(task, &places, fault->ip, function);
    places_close(&places);
    if (fault->page_fault)
        report_line("task %s[%u]: page fault: %s at 0x%lx%s, ip 0x%lx%s, sp 0x%lx%s", task->name,
                    task->id, fault->write ? "write" : fault->fetch ? "fetch" : "read",
                    fault->address, what, fault->ip, where, fault->sp, function);
    else
        report_line("task %s[%u]: exception %lu, ip 0x%lx%s, sp 0x%lx%s", task->name, task->id,
                    fault->trap, fault->ip, where, fault->sp, function);
}

void report_end(const struct task *task)
{
    if (atomic_load(&task->fault.happened))
        report_line("task %s[%u] ended by a fault", task->name, task->id);
    else if (task->end == LOADER_STATE_EXITED)
        report_line("task %s[%u] ended with code %d", task->name, task->id, task->code);
    else
        report_line("task %s[%u] ended without code", task->name, task->id);
}

/** What stands in the closing table for how @task has ended. */
static const char *end_word(const struct task *task, char *number, size_t size)
{
    if (atomic_load(&task->fault.happened))
        return "fault";
    if (task->end != LOADER_STATE_EXITED)
        return "killed";
    snprintf(number, size, "%d", task->code);
    return number;
}

void report_table(void)
{
    char number[16];

    report_line("%-16s %4s %8s %8s %6s", "task", "id", "shared", "private", "code");
    for (const struct task *t = task_next(0); t; t = task_next(t->id + 1)) {
        if (atomic_load(&t->state) == TASK_ENDED)
            report_line("%-16s %4u %8lu %8lu %6s", t->name, t->id, t->shared_bytes >> L4_PAGE_SHIFT,
                        t->private_bytes >> L4_PAGE_SHIFT, end_word(t, number, sizeof number));
    }
    report_line("(pages of 4 KiB)");
}
