/* SPDX-License-Identifier: BSD-2-Clause */
#include "infopage.h"

#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "server/server.h"

/** Strings of the infopage, one after the other. */
struct strings {
    char *base;
    uint64_t at, end; /* offsets from the infopage start */
    bool full;
};

static uint64_t add_string(struct strings *s, const char *text)
{
    size_t size = strlen(text) + 1;
    uint64_t at = s->at;

    if (size > s->end - s->at) {
        s->full = true;
        return 0;
    }
    memcpy(s->base + at, text, size);
    s->at += size;
    return at;
}

static void fill_slots(struct task_infopage *info)
{
    info->task = TASK_CAP_TASK;
    info->factory = TASK_CAP_FACTORY;
    info->thread = TASK_CAP_THREAD;
    info->scheduler = TASK_CAP_SCHEDULER;
    info->pager = TASK_CAP_PAGER;
    info->exception = TASK_CAP_EXCEPTION;
    info->log = TASK_CAP_LOG;
    info->names = TASK_CAP_NAMES;
    info->dm = TASK_CAP_DM;
    info->ts = TASK_CAP_TS;
    info->fprov = TASK_CAP_FPROV;
    info->exec = TASK_CAP_EXEC;
    info->loader = TASK_CAP_LOADER;
    info->placement = TASK_CAP_PLACEMENT;
    info->written = TASK_CAP_WRITTEN;
    info->objects = TASK_CAP_OBJECTS;
    info->first_free = TASK_CAP_FIRST_FREE;
}

static void fill_addresses(struct task_infopage *info, const struct launch *l)
{
    uint64_t stack_size = l->stack_size ? l->stack_size : TASK_STACK_SIZE;

    info->kip = TASK_KIP;
    info->utcbs = TASK_UTCBS;
    info->utcbs_size = 1ull << TASK_UTCBS_ORDER;
    info->placement_address = TASK_PLACEMENT;
    info->stack_end = TASK_STACK_TOP;
    info->stack_start = TASK_STACK_TOP - ((stack_size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK);
    info->any_start = TASK_ANY_AREA;
    info->any_end = TASK_ANY_AREA_END;
    info->kept_start = l->kept_start;
    info->kept_end = l->kept_start + l->kept_size;
    info->stack_default = TASK_STACK_SIZE;
    info->heap_max = l->heap_max;
}

void infopage_add_objects(struct task_infopage *info, const struct task_table *table)
{
    uint32_t startup = table->loader_start.object;

    if (startup < table->objects)
        info->loader_lib = info->region_manager = task_object(table, startup)->base;
}

long infopage_fill(struct task_infopage *info, const struct launch *l)
{
    struct strings strings = {
        .base = (char *)info, .at = sizeof *info, .end = INFOPAGE_TABLE_AT};

    info->magic = TASK_INFOPAGE_MAGIC;
    info->version = TASK_INFOPAGE_VERSION;
    info->size = TASK_INFOPAGE_SIZE;
    info->table_at = INFOPAGE_TABLE_AT;
    info->table_size = INFOPAGE_TABLE_SIZE;
    info->id = l->task->id;
    info->verbose = l->verbose;
    info->priority = l->priority;
    info->mcp = l->mcp;
    info->argc = l->argc;
    info->name_at = add_string(&strings, l->name);
    info->libpath_at = add_string(&strings, l->libpath);
    info->args_at = strings.at;
    for (unsigned i = 0; i < l->argc; i++)
        add_string(&strings, l->argv[i]);
    info->args_size = (uint32_t)(strings.at - info->args_at);
    info->random[0] = server_clock_us() * 0x9e3779b97f4a7c15ull + l->task->id;
    info->random[1] = info->random[0] * 0xbf58476d1ce4e5b9ull;
    info->modules = 0; /* they are not given out yet */
    fill_slots(info);
    fill_addresses(info, l);
    return strings.full ? -ERR_E2BIG : 0;
}
