/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_opening.h"

enum { SECTIONS = 64, NAMES = 40, MEMORY_MAX = 64 * 1024 };

static l4_cap_t exec, loader;
static char word[64];

/** Checks are called after the spelling they are about. */
static void said(const char *spelling, const char *what, bool ok)
{
    snprintf(word, sizeof word, "%s%s", spelling, what);
    CHECK(word, ok);
}

static struct exec_counters counters(void)
{
    struct exec_counters c = {0};

    if (exec_stats(exec, &c))
        puts("FAIL counters: exec does not answer");
    return c;
}

/** Where the sections of a task are. */
struct sections {
    struct loader_section at[SECTIONS];
    uint32_t count;
};

static bool read_sections(uint32_t id, struct sections *s)
{
    struct loader_section some[5];
    uint32_t count;

    for (s->count = 0; s->count < SECTIONS; s->count += count) {
        if (loader_sections(loader, id, s->count, some, &count) < 0)
            return false;
        for (uint32_t i = 0; i < count && s->count + i < SECTIONS; i++)
            s->at[s->count + i] = some[i];
        if (count == 0)
            break;
    }
    return s->count > 0;
}

static bool same_places(const struct sections *a, const struct sections *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->at[i].start != b->at[i].start || a->at[i].size != b->at[i].size)
            return false;
    return true;
}

/** A task that was started, and stands before its main. */
struct child {
    l4_cap_t control;
    uint32_t id;
    struct sections sections;
    struct loader_task info;
};

static bool start(const char *name, struct child *child)
{
    l4_cap_t opening = task_slot();
    uint32_t count = 0;
    int32_t error = -1;

    child->control = task_slot();
    bool ok = loader_open(loader, name, "child", LOADER_STOP_MAIN, opening) == 0
              && loader_opening_result(opening, &error, &count) == 0 && error == 0
              && loader_opening_task(opening, 0, &child->id, child->control) == 0;
    task_slot_release(opening);
    return ok && read_sections(child->id, &child->sections)
           && loader_info(loader, child->id, &child->info) == 0;
}

static bool end(struct child *child)
{
    bool ok = loader_control_kill(child->control) == 0;

    task_slot_release(child->control);
    return ok;
}

static bool no_work(const struct exec_counters *a, const struct exec_counters *b)
{
    return a->lookups == b->lookups && a->relocations == b->relocations && a->masters == b->masters;
}

/** The same program under another @name: it must be what we are. */
static void other_name(const char *spelling, const char *name)
{
    struct sections own;
    struct child child;
    struct exec_counters before = counters();

    said(spelling, "", start(name, &child));
    struct exec_counters after = counters();
    said(spelling, "-no-parse", after.parses == before.parses);
    said(spelling, "-no-link", no_work(&before, &after));
    said(spelling, "-no-object", after.objects == before.objects);
    said(spelling, "-same-places",
          read_sections(task_info()->id, &own) && same_places(&own, &child.sections));
    said(spelling, "-shares", child.info.shared > child.info.private);
    said(spelling, "-ended", end(&child));
}

/** Names are kept for a while only; what they lead to is one object all the same. */
static void many_names(void)
{
    uint64_t free, used, used_after;
    struct exec_counters before = counters();
    struct child child;
    bool started = true;

    dm_memory(TASK_CAP_DM, &free, &used);
    for (unsigned i = 0; i < NAMES && started; i++) {
        char name[80];
        snprintf(name, sizeof name, "(nd)/%u/t_same", i);
        started = start(name, &child) && end(&child);
    }
    struct exec_counters after = counters();
    CHECK("many-names", started);
    CHECK("many-names-no-object", after.objects == before.objects && no_work(&before, &after));
    dm_memory(TASK_CAP_DM, &free, &used_after);
    CHECK("many-names-no-memory", used_after <= used + MEMORY_MAX);
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "parent") != 0)
        return 0;
    exec = service("EXEC");
    loader = service("LOADER");
    other_name("plain-name", "t_same");

    struct exec_counters before = counters();
    other_name("again", "t_same");
    CHECK("again-no-file", counters().files == before.files);
    other_name("other-folder", "(nd)/other/t_same");
    many_names();
    return check_result();
}
