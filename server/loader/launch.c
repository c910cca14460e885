/* SPDX-License-Identifier: BSD-2-Clause */
#include "start.h"

#include <stdio.h>
#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "idl/loader.h"
#include "infopage.h"
#include "l4sys/task.h"
#include "pager.h"
#include "report.h"
#include "server/server.h"
#include "service.h"
#include "services.h"
#include "turn.h"

#define DEFAULT_MEMORY_LIMIT (64ull << 20)

static const char *step_failed(struct launch *l, const char *step, long error)
{
    if (!l->report[0])
        snprintf(l->report, sizeof l->report, "%s: %s: %s\n", l->name, step, error_text(error));
    return l->report;
}

/* ---- step 1: preparation ---- */

static long alloc_slots(struct start *s)
{
    struct task *t = s->task;
    l4_cap_t *kept[] = {&t->task, &t->control, &t->dm, &t->infopage,
                        &t->placement, &t->stack, &t->written};

    for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (!(*kept[i] = slots_alloc()))
            return -ERR_ENOMEM;
    for (unsigned i = 0; i < KIT_OBJECTS; i++)
        if (!(s->kit[i] = slots_alloc()))
            return -ERR_ENOMEM;
    s->kit[KIT_OBJECTS] = slots_alloc_range(TASK_OBJECTS_ORDER);
    return s->kit[KIT_OBJECTS] ? 0 : -ERR_ENOMEM;
}

static long prepare(struct start *s)
{
    struct launch *l = s->l;
    struct task *t = s->task;
    uint64_t limit = l->memory_limit ? l->memory_limit : DEFAULT_MEMORY_LIMIT;
    uint64_t stack = ((l->stack_size ? l->stack_size : TASK_STACK_SIZE) + L4_PAGE_SIZE - 1)
                     & L4_PAGE_MASK;

    if (l->stack_size > TASK_STACK_MAX)
        return -ERR_ERANGE;
    long error = dm_session(services.dm, t->name, limit, t->dm);
    if (!error)
        error = dm_open(t->dm, TASK_INFOPAGE_SIZE, DM_SPARSE, "infopage", t->infopage);
    if (!error)
        error = dm_open(t->dm, L4_PAGE_SIZE, 0, "placement", s->task->placement);
    if (!error)
        error = dm_open(t->dm, stack, DM_SPARSE, "stack", t->stack);
    if (!error && l->kept_size)
        error = dm_open(t->dm, l->kept_size, 0, "memory", s->kit[KIT_KEPT]);
    if (!error)
        error = server_map(t->infopage, 0, INFOPAGE_TABLE_AT, L4_FPAGE_RW, (void **)&s->head);
    if (error < 0)
        return error;
    error = infopage_fill(s->head, l);
    if (!error && l->verbose >= 1)
        report_line("step 1: %s[%u]: session of %lu KiB, infopage", t->name, t->id, limit >> 10);
    return error;
}

/* ---- steps 2 to 4: exec ---- */

static bool has_main(const struct task_table *table)
{
    return table->main.object != TASK_NO_OBJECT || table->multiboot_main.object != TASK_NO_OBJECT;
}

static void close_head(struct start *s)
{
    if (s->head)
        server_unmap(s->head, INFOPAGE_TABLE_AT);
    s->head = NULL;
}

static uint64_t whole_pages(uint64_t bytes)
{
    return (bytes + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

/** Maps the infopage with the first @size bytes of the table in place of what is mapped of it. */
static long map_table(struct start *s, uint64_t size)
{
    struct task *t = s->task;
    void *info;
    long error = server_map(t->infopage, 0, INFOPAGE_TABLE_AT + size, L4_FPAGE_R, &info);

    if (error < 0)
        return error;
    if (t->info)
        server_unmap(t->info, t->info_mapped);
    t->info = info;
    t->info_mapped = INFOPAGE_TABLE_AT + size;
    s->table = (const void *)((const char *)info + INFOPAGE_TABLE_AT);
    return 0;
}

/**
 * What exec has written, from now on for reading only: a report or the table, usually in one page.
 */
static long map_infopage(struct start *s)
{
    long error = map_table(s, L4_PAGE_SIZE);
    uint64_t size = error || s->table->magic != TASK_TABLE_MAGIC ? 0 : s->table->size;

    if (size > INFOPAGE_TABLE_SIZE)
        return -ERR_ECORRUPT;
    return size > L4_PAGE_SIZE ? map_table(s, whole_pages(size)) : error;
}

static long ask_exec(const struct start *s)
{
    const struct launch *l = s->l;
    const struct task *t = s->task;
    struct ipc_bulk table = {
        .dataspace = t->infopage, .offset = INFOPAGE_TABLE_AT, .length = INFOPAGE_TABLE_SIZE};
    struct ipc_window objects = {
        .fpage = l4_fpage_obj(s->kit[KIT_OBJECTS], TASK_OBJECTS_ORDER, L4_CAP_RWSD)};
    long error = -ERR_ENOFILE;

    if (l->image) {
        struct ipc_bulk image = {.dataspace = l->image->dataspace, .offset = l->image->offset,
                                 .length = l->image->size};
        return exec_open_image(services.exec, l->name, l->libpath, l->provider, t->dm, &table,
                               &image, &objects, t->written, s->kit[KIT_EXEC]);
    }
    for (unsigned i = 0; error == -ERR_ENOFILE && l->files[i]; i++)
        error = exec_open(services.exec, l->files[i], l->libpath, l->provider, t->dm, &table,
                          &objects, t->written, s->kit[KIT_EXEC]);
    return error;
}

static long open_binary(struct start *s)
{
    struct launch *l = s->l;
    struct task *t = s->task;

    turn_leave(); /* exec waits for the file provider */
    long error = ask_exec(s);
    turn_enter();
    long map_error = map_infopage(s);
    if (map_error)
        return map_error;
    if (error < 0) {
        if (s->table->magic != TASK_TABLE_MAGIC)
            snprintf(l->report, sizeof l->report, "%.*s", (int)sizeof l->report - 1,
                     (const char *)s->table);
        return error;
    }
    t->native = s->table->loader_start.object != TASK_NO_OBJECT;
    infopage_add_objects(s->head, s->table);
    close_head(s);
    return t->native && !has_main(s->table) ? -ERR_ENOMAIN : 0;
}

/** Bytes of sections that all tasks with these objects share. */
static uint64_t shared_bytes(const struct task_table *table)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < table->sections; i++)
        if (!(task_section(table, i)->flags & TASK_SECTION_WRITTEN))
            bytes += task_section(table, i)->size;
    return bytes;
}

static void report_sections(const struct start *s)
{
    const struct task_table *table = s->table;
    const struct task *t = s->task;

    for (uint32_t i = 0; i < table->sections; i++) {
        const struct task_section *section = task_section(table, i);
        const struct task_object *object = task_object(table, section->object);
        report_line("        %s 0x%lx+0x%lx %c%c%c %s", object->name,
                    object->base + section->offset, section->size,
                    section->flags & TASK_SECTION_R ? 'r' : '-',
                    section->flags & TASK_SECTION_W ? 'w' : '-',
                    section->flags & TASK_SECTION_X ? 'x' : '-',
                    section->flags & TASK_SECTION_WRITTEN ? "private" : "shared");
    }
    (void)t;
}

static void report_binary(const struct start *s)
{
    const struct task *t = s->task;
    char libs[256] = "";
    size_t used = 0;

    if (s->l->verbose < 1)
        return;
    for (uint32_t i = 1; i < s->table->objects && used < sizeof libs; i++)
        used += (size_t)snprintf(libs + used, sizeof libs - used, " %s",
                                 task_object(s->table, i)->name);
    report_line("step 2: %s[%u]: binary loaded, %s", t->name, t->id,
                t->native ? "native" : "a Sigma0 client");
    report_line("step 3: %s[%u]: libraries:%s", t->name, t->id, libs[0] ? libs : " none");
    report_line("step 4: %s[%u]: %u sections of %u objects, %u look-ups, %u relocations", t->name,
                t->id, s->table->sections, s->table->objects, s->table->lookups,
                s->table->relocations);
    if (s->l->verbose >= 2)
        report_sections(s);
}

/* ---- all of it ---- */

/** Gives back what only passed through the loader. Sigma0 clients are paged from the objects. */
static void release_kit(struct start *s, bool started)
{
    if (started && s->task->native) {
        s->task->linker = s->kit[KIT_EXEC];
        s->kit[KIT_EXEC] = 0;
    }
    for (unsigned i = 0; i < KIT_OBJECTS; i++)
        slots_release(s->kit[i]);
    if (started && !s->task->native) {
        s->task->objects = s->kit[KIT_OBJECTS];
    } else if (s->kit[KIT_OBJECTS]) {
        l4_task_unmap(TASK_CAP_TASK,
                      l4_fpage_obj(s->kit[KIT_OBJECTS], TASK_OBJECTS_ORDER, L4_CAP_RWSD),
                      L4_UNMAP_ALL_SPACES);
        slots_free_range(s->kit[KIT_OBJECTS], TASK_OBJECTS_ORDER);
    }
}

static void undo(struct start *s)
{
    close_head(s);
    release_kit(s, false); /* the control gate goes last: then the task is gone */
    if (s->pager_gate)
        pager_remove(s->task);
    if (s->entry_gate)
        service_remove(s->task);
    task_release(s->task);
    task_free(s->task);
}

static long run_steps(struct start *s)
{
    static const struct {
        const char *name;
        long (*run)(struct start *s);
    } steps[] = {
        {"capability slots", alloc_slots},
        {"step 1: preparation", prepare},
        {"steps 2 to 4: load and link", open_binary},
        {"step 5: create task", boot_create},
        {"step 5: capabilities", boot_give},
        {"step 5: start-up sections", boot_map},
        {"step 5: boot", boot_run},
    };

    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bool cancelled = s->l->cancelled && atomic_load(s->l->cancelled);
        long error = cancelled ? -ERR_EKILLED : steps[i].run(s);
        if (error < 0) {
            step_failed(s->l, steps[i].name, error);
            return error;
        }
        if (steps[i].run == open_binary)
            report_binary(s);
    }
    return 0;
}

long launch(struct launch *l)
{
    struct start s = {.l = l, .task = task_alloc(l->name)};

    l->task = s.task;
    l->report[0] = 0;
    if (!s.task) {
        step_failed(l, "start", -ERR_ETOOMANY);
        return -ERR_ETOOMANY;
    }
    times_begin(s.task);
    s.task->account = l->account;
    s.task->verbose = l->verbose;
    s.task->stops = l->stops & ~(uint32_t)LOADER_STOPPED;
    s.task->may_control = l->may_control;
    long error = run_steps(&s);
    if (error < 0) {
        undo(&s);
        return error;
    }
    s.task->shared_bytes = shared_bytes(s.table);
    release_kit(&s, true);
    service_started(s.task);
    return 0;
}
