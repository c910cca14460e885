/* SPDX-License-Identifier: BSD-2-Clause */
#include "times.h"

#include <string.h>

#include <task/slots.h>

#include "idl/dm.h"
#include "l4sys/clock.h"
#include "l4sys/log.h"
#include "report.h"
#include "task.h"

bool times_wanted;

/** Cycles are read last at the beginning, first at an end: counting is not counted. */
static void count(struct times_point *point)
{
    struct l4_counters kernel = l4_debugger_counters(TASK_CAP_DEBUGGER);

    point->idle = kernel.idle;
    point->entries = kernel.entries;
    point->switches = kernel.switches;
    point->faults = kernel.faults;
    point->kernel_cleared = kernel.cleared;
    if (dm_work(TASK_CAP_DM, &point->cleared, &point->copied) < 0)
        point->cleared = point->copied = 0;
}

void times_begin(struct task *task)
{
    if (!times_wanted)
        return;
    count(&task->times.begin);
    task->times.begin.cycles = l4_cycles();
}

void times_main(struct task *task, uint64_t fault_ticks)
{
    struct times *t = &task->times;

    if (!times_wanted || t->main.cycles)
        return;
    t->main.cycles = l4_cycles();
    count(&t->main);
    t->fault_ticks = fault_ticks;
    const char *info = (const char *)task->info;
    memcpy(t->parts, ((const struct task_table *)(info + task->info->table_at))->ticks,
           sizeof t->parts);
}

/** The six shares of row X26 and the rest: IPC, tasks, capabilities, start-up code. */
static void print_parts(const struct task *task)
{
    const struct times *t = &task->times;
    uint64_t total = t->main.cycles - t->begin.cycles, known = t->fault_ticks;

    for (unsigned i = 0; i < TASK_TICKS; i++)
        known += t->parts[i];
    report_line("times %s[%u]: main at %lu", task->name, task->id, t->main.cycles);
    report_line("times %s[%u]: read %lu + parse %lu + copy %lu + relocate %lu + look-up %lu"
                " + fault %lu + rest %ld = %lu", task->name, task->id, t->parts[TASK_TICKS_READ],
                t->parts[TASK_TICKS_PARSE], t->parts[TASK_TICKS_COPY],
                t->parts[TASK_TICKS_RELOCATE], t->parts[TASK_TICKS_LOOKUP], t->fault_ticks,
                (long)(total - known), total);
}

static void print_events(const struct task *task, const char *until,
                         const struct times_point *point)
{
    const struct times_point *begin = &task->times.begin;

    uint64_t idle = point->idle - begin->idle;

    report_line("times %s[%u]: to %s %lu cycles, %lu entries, %lu switches, %lu faults,"
                " %lu cleared, %lu copied", task->name, task->id, until,
                point->cycles - begin->cycles - idle, point->entries - begin->entries,
                point->switches - begin->switches, point->faults - begin->faults,
                point->cleared + point->kernel_cleared - begin->cleared - begin->kernel_cleared,
                point->copied - begin->copied);
}

void times_end(struct task *task)
{
    struct times_point end = {.cycles = l4_cycles()};

    if (!times_wanted || !task->times.main.cycles)
        return;
    count(&end);
    print_parts(task);
    print_events(task, "main", &task->times.main);
    print_events(task, "the end", &end);
}
