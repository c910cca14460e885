/* SPDX-License-Identifier: BSD-2-Clause */
/* Step 5: the task is created, equipped and started. */
#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/loader.h"
#include "idl/log.h"
#include "idl/names.h"
#include "idl/ts.h"
#include "infopage.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "pager.h"
#include "report.h"
#include "service.h"
#include "services.h"
#include "start.h"
#include "vectors.h"

#define DEFAULT_KERNEL_QUOTA (1ull << 20)
#define STACK_MAPPED         (2 * L4_PAGE_SIZE) /* enough until the region manager serves it */

long boot_create(struct start *s)
{
    struct launch *l = s->l;
    struct task *t = s->task;
    uint64_t quota = l->kernel_quota ? l->kernel_quota : DEFAULT_KERNEL_QUOTA;
    uint32_t id;

    long error = ts_create(services.ts, t->name, quota, l->mcp, service_irq(), &id, t->task,
                           s->kit[KIT_FACTORY], s->kit[KIT_THREAD], s->kit[KIT_SCHEDULER],
                           s->kit[KIT_TS], t->control);
    if (error >= 0)
        error = log_open(TASK_CAP_LOG_BASE, t->name, s->kit[KIT_LOG]);
    if (error >= 0)
        error = names_open(TASK_CAP_NAMES_BASE, t->name, s->kit[KIT_NAMES]);
    if (error >= 0)
        error = pager_add(t, &s->pager_gate);
    if (error >= 0)
        error = service_add(t, &s->entry_gate);
    return error;
}

/** One capability for the new task. */
struct gift {
    l4_cap_t from, to;
    unsigned rights;
};

static long give_all(const struct start *s, const struct gift *gifts, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        long error = l4_task_map_cap(s->task->task, gifts[i].from, gifts[i].to, gifts[i].rights);
        if (error < 0)
            return error;
    }
    return 0;
}

long boot_give(struct start *s)
{
    const struct task *t = s->task;
    const struct gift gifts[] = {
        {t->task, TASK_CAP_TASK, L4_CAP_RWS},
        {s->kit[KIT_FACTORY], TASK_CAP_FACTORY, L4_CAP_RWS},
        {s->kit[KIT_THREAD], TASK_CAP_THREAD, L4_CAP_RWS},
        {s->kit[KIT_SCHEDULER], TASK_CAP_SCHEDULER, L4_CAP_RWS},
        {s->pager_gate, TASK_CAP_PAGER, L4_CAP_RW},
        {s->pager_gate, TASK_CAP_EXCEPTION, L4_CAP_RW},
        {s->kit[KIT_LOG], TASK_CAP_LOG, L4_CAP_RW},
        {s->kit[KIT_NAMES], TASK_CAP_NAMES, L4_CAP_RW},
        {t->dm, TASK_CAP_DM, L4_CAP_RW},
        {s->kit[KIT_TS], TASK_CAP_TS, L4_CAP_RW},
        {TASK_CAP_DEBUGGER, TASK_CAP_DEBUGGER, L4_CAP_R}, /* to name threads, no more */
    };
    const struct gift native_gifts[] = {
        {s->l->provider, TASK_CAP_FPROV, L4_CAP_RW},
        {s->kit[KIT_EXEC], TASK_CAP_EXEC, L4_CAP_RW},
        {s->entry_gate, TASK_CAP_LOADER, L4_CAP_RW},
        {s->task->placement, TASK_CAP_PLACEMENT, L4_CAP_RW},
        {t->stack, TASK_CAP_STACK, L4_CAP_RW},
        {t->written, TASK_CAP_WRITTEN, L4_CAP_RW},
        {s->kit[KIT_KEPT], TASK_CAP_KEPT, L4_CAP_RW}, /* last: there may be none */
    };
    unsigned native_count = sizeof native_gifts / sizeof native_gifts[0] - !s->l->kept_size;

    long error = give_all(s, gifts, sizeof gifts / sizeof gifts[0]);
    if (!error && t->native)
        error = give_all(s, native_gifts, native_count);
    if (!error && t->native)
        error = l4_task_map(t->task, TASK_CAP_TASK,
                            l4_fpage_obj(s->kit[KIT_OBJECTS], TASK_OBJECTS_ORDER, L4_CAP_R),
                            TASK_CAP_OBJECTS);
    return error < 0 ? error : 0;
}

/** Maps all of @area from its manager straight into the task. */
static long map_area(const struct task *t, const struct task_area *area)
{
    struct ipc_window there = {.fpage = l4_fpage_all_memory(), .task = t->task};
    uint64_t at = area->start;

    while (at < area->end) {
        uint64_t mapped;
        long error = dataspace_map(area->dataspace, area->offset + at - area->start,
                                   area->end - at, at, area->rights, &mapped, &there);
        if (error < 0)
            return error;
        if (mapped == 0 || (mapped & ~L4_PAGE_MASK) || mapped > area->end - at)
            return -ERR_EIO;
        at += mapped;
    }
    return 0;
}

/** The area of @section; its dataspace is the loader's own copy of the capability. */
static struct task_area section_area(const struct start *s, const struct task_section *section)
{
    const struct task_object *object = task_object(s->table, section->object);
    bool written = section->flags & TASK_SECTION_WRITTEN;

    return (struct task_area){
        .start = object->base + section->offset,
        .end = object->base + section->offset + section->size,
        .dataspace = written ? s->task->written
                             : s->kit[KIT_OBJECTS] + section->object * L4_CAP_OFFSET,
        .offset = section->ds_offset,
        .rights = section->flags & L4_FPAGE_RWX
                  & ~(section->flags & TASK_SECTION_RELRO ? L4_FPAGE_W : 0u),
    };
}

/** Registers a section at the backing pager; start-up sections are mapped at once. */
static long enter_sections(struct start *s)
{
    struct task *t = s->task;

    for (uint32_t i = 0; i < s->table->sections; i++) {
        const struct task_section *section = task_section(s->table, i);
        struct task_area area = section_area(s, section);
        long error = 0;
        if (section->flags & TASK_SECTION_STARTUP)
            error = map_area(t, &area);
        if (!error && (!t->native || (section->flags & TASK_SECTION_WRITTEN
                                      && section->flags & TASK_SECTION_STARTUP)))
            error = task_add_area(t, &area);
        if (error)
            return error;
    }
    return 0;
}

static long map_native_pages(struct start *s)
{
    struct task *t = s->task;
    const struct task_area placement = {
        TASK_PLACEMENT, TASK_PLACEMENT + L4_PAGE_SIZE, t->placement, 0, L4_FPAGE_RW};
    const struct task_area infopage = {TASK_INFOPAGE,
        TASK_INFOPAGE + INFOPAGE_TABLE_AT + ((s->table->size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK),
        t->infopage, 0, L4_FPAGE_R};
    long error = map_area(t, &infopage);

    if (!error)
        error = map_area(t, &placement);
    if (!error)
        error = task_add_area(t, &placement); /* a copy made of it takes the right to write away */
    return error;
}

long boot_map(struct start *s)
{
    struct task *t = s->task;
    struct task_area stack = {
        .start = t->info->stack_start,
        .end = t->info->stack_end,
        .dataspace = t->stack,
        .rights = L4_FPAGE_RW,
    };
    struct task_area top = stack;

    if (stack.end - stack.start > STACK_MAPPED)
        top.start = stack.end - STACK_MAPPED;
    top.offset = top.start - stack.start;
    long error = map_area(t, &top);
    if (!error)
        error = task_add_area(t, &stack);
    if (!error)
        error = enter_sections(s);
    if (!error && t->native)
        error = map_native_pages(s);
    if (!error)
        error = l4_task_map(t->task, TASK_CAP_TASK,
                            l4_fpage_mem(TASK_KIP, L4_PAGE_SHIFT, L4_FPAGE_RX), TASK_KIP);
    return error < 0 ? error : 0;
}

/** The thread does not run before loader_control.cont: its capability is kept until then. */
static void keep_stopped(struct start *s, uint64_t ip, uint64_t sp)
{
    s->task->thread = s->kit[KIT_THREAD];
    s->task->ip = ip;
    s->task->sp = sp;
    s->kit[KIT_THREAD] = 0;
}

long boot_run(struct start *s)
{
    const struct task *t = s->task;
    const struct task_table *table = s->table;
    const struct task_place *entry = t->native ? &table->loader_start : &table->entry;
    struct l4_thread_control control = {
        .pager = TASK_CAP_PAGER, .exc_handler = TASK_CAP_EXCEPTION};
    l4_cap_t thread = s->kit[KIT_THREAD];

    if (entry->object >= table->objects)
        return -ERR_ECORRUPT;
    uint64_t ip = task_object(table, entry->object)->base + entry->offset;
    uint64_t sp = t->info->stack_end;
    long error = t->native ? 0 : vectors_build(s->l, table, &sp);
    if (error >= 0)
        error = l4_thread_control(thread, &control);
    if (error >= 0)
        error = l4_scheduler_run(s->kit[KIT_SCHEDULER], thread, s->l->priority);
    if (error >= 0 && s->l->stops & LOADER_STOPPED)
        keep_stopped(s, ip, sp);
    else if (error >= 0)
        error = l4_thread_ex_regs(thread, ip, sp, 0);
    if (error >= 0 && s->l->verbose >= 1)
        report_line("step 5: %s[%u]: task %s at 0x%lx", t->name, t->id,
                    t->thread ? "stopped" : "booted", ip);
    return error < 0 ? error : 0;
}
