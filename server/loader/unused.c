/* SPDX-License-Identifier: BSD-2-Clause */
#include "unused.h"

#include <string.h>

#include "report.h"

/** Flags that nothing is done for. */
static const struct {
    uint32_t flag;
    const char *word;
} flags[] = {
    {SCRIPT_TASK_DIRECT_MAPPED, "direct_mapped"},
    {SCRIPT_TASK_NOSUPERPAGES, "nosuperpages"},
    {SCRIPT_TASK_NO_SIGMA0, "no_sigma0"},
    {SCRIPT_TASK_REBOOT_ABLE, "reboot_able"},
    {SCRIPT_TASK_ALLOW_VGA, "allow_vga"},
    {SCRIPT_TASK_ALLOW_BIOS, "allow_bios"},
    {SCRIPT_TASK_ALLOW_CLI, "allow_cli"},
    {SCRIPT_TASK_SHOW_APP_AREAS, "show_app_areas"},
    {SCRIPT_TASK_ALL_SECTS_WRITABLE, "all_sects_writable"},
    {SCRIPT_TASK_L4ENV, "l4env"},
    {SCRIPT_TASK_HASH_MODULES, "hash_modules"},
};

struct warning {
    const char *file;
    const struct script_job *job;
};

static void warn(const struct warning *w, const char *word)
{
    report_line("%s:%u: warning: task \"%s\": %s has no effect yet", w->file,
                (unsigned)w->job->place.line, w->job->task->name, word);
}

static void warn_if(const struct warning *w, const char *word, bool given)
{
    if (given)
        warn(w, word);
}

void unused_report(const char *file, const struct script_job *job)
{
    const struct script_task *task = job->task;
    const struct warning w = {file, job};
    bool allow = false, deny = false;

    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
        warn_if(&w, flags[i].word, task->flags & flags[i].flag);
    for (const struct script_partner *p = task->partners; p; p = p->next) {
        allow |= p->allow;
        deny |= !p->allow;
    }
    warn_if(&w, "allow_ipc", allow);
    warn_if(&w, "deny_ipc", deny);
    warn_if(&w, "ioport", task->ports);
    warn_if(&w, "taskno", task->number);
    warn_if(&w, "ds_manager", task->ds_manager && strcmp(task->ds_manager, "DM_PHYS") != 0);
    warn_if(&w, "cap_handler", task->cap_handler);
    warn_if(&w, "integrity_service", task->integrity_service);
    warn_if(&w, "integrity_id", task->integrity_id);
    warn_if(&w, "integrity_parent_id", task->integrity_parent_id);
}
