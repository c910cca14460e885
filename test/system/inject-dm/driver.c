/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/books.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "idl/inject.h"
#include "idl/loader.h"
#include "idl/root.h"
#include "idl/ts_control.h"
#include "ipc/slots.h"
#include "server/server.h"

/*
 * inject dm|fprov warm|cold|moved MODE...: for every n, a start whose n-th call to the manager (the
 * file provider) goes wrong by MODE. "Started" or "nothing happened"; the next start works; the
 * books are as before. Warm: a program that exec has linked already; cold: new files each time;
 * moved: warm, with libc.so out of its place, so that the task has exec link a second time.
 */

enum {
    LIMIT = 300,
    SETTLE_US = 3000000,
    START_US = 100000000, /* longer than the bound of a call to a provider: the loader hangs */
    EXEC_KEPT = 2, /* dataspaces of an object or linked set of these programs: bytes, tables */
};

static const char *const mode_names[INJECT_MODES] = {
    "none", "error", "empty", "foreign", "slow", "missing", "larger", "huge", "cut", "garbage",
    "hollow", "silent", "silent_dataspace"};

static l4_cap_t loader, exec, ts, real, manager, control; /* control: of what goes wrong */
static bool cold, moved;
static int failed;

static l4_cap_t find(const char *name)
{
    l4_cap_t cap = slots_alloc();

    server_check(name, server_query(name, 20000000, cap));
    return cap;
}

/** What must be the same before and after. exec may keep what it has parsed and linked. */
struct state {
    uint64_t used;                /* bytes in use at dm_phys; warm only */
    uint32_t exec_extra;          /* dataspaces of exec beyond those that it keeps for later */
    uint32_t loader_dataspaces;
    uint64_t loader_used;
    uint32_t task_sessions, task_dataspaces; /* of the program */
    uint32_t base_dataspaces;     /* opened on the base gate: scripts */
    uint32_t tasks;               /* at the loader, not ended */
};

static uint32_t running(void)
{
    struct loader_task tasks[3];
    uint32_t first = 0, count = 0, total = 0;

    while (loader_list(loader, first, tasks, &count) == 0 && count > 0) {
        for (uint32_t i = 0; i < count; i++)
            total += tasks[i].state == TS_CONTROL_RUNNING;
        first = tasks[count - 1].id + 1;
    }
    return total;
}

static void take(struct state *s)
{
    struct exec_counters kept = {0};
    uint32_t sessions, dataspaces = 0;
    uint64_t free, used;

    memset(s, 0, sizeof *s);
    exec_stats(exec, &kept);
    inject_account(manager, "exec", &sessions, &dataspaces, &used);
    s->exec_extra = dataspaces - EXEC_KEPT * (uint32_t)(kept.objects + kept.masters);
    inject_account(manager, "loader", &sessions, &s->loader_dataspaces, &s->loader_used);
    inject_account(manager, cold ? "t_inject" : "t_true", &s->task_sessions, &s->task_dataspaces,
                   &used);
    inject_account(manager, "DM_PHYS", &sessions, &s->base_dataspaces, &used);
    if (!cold)
        dm_memory(real, &free, &s->used);
    s->tasks = running();
}

/** Waits until the books are as they were: notices of deletion take their time. */
static bool settled(const struct state *before)
{
    struct state now;

    for (uint64_t start = server_clock_us(); server_clock_us() - start < SETTLE_US;) {
        take(&now);
        if (memcmp(&now, before, sizeof now) == 0)
            return true;
        server_sleep_us(20000);
    }
    printf("dm_phys: %lu more bytes; exec: %u, loader: %u, scripts: %u, program: %u more dataspaces; "
           "%u more sessions, %u more tasks\n", now.used - before->used,
           now.exec_extra - before->exec_extra, now.loader_dataspaces - before->loader_dataspaces,
           now.base_dataspaces - before->base_dataspaces,
           now.task_dataspaces - before->task_dataspaces, now.task_sessions - before->task_sessions,
           now.tasks - before->tasks);
    return false;
}

/** One start, to its end. What became of it, or null for what must not be. */
static const char *start(const char *name, bool must)
{
    static char text[80];
    uint32_t id, state;
    int32_t code;
    uint64_t begin = server_clock_us();
    long error = loader_start(loader, name, "", &id);

    if (server_clock_us() - begin > START_US)
        return NULL;
    if (error < 0) {
        snprintf(text, sizeof text, "not started: %s", error_text(error));
        return must ? NULL : text;
    }
    error = loader_wait(loader, id, &state, &code);
    if (error < 0)
        return NULL;
    if (state == TS_CONTROL_EXITED)
        snprintf(text, sizeof text, "started, ended with code %d", code);
    else
        snprintf(text, sizeof text, "started, ended without code");
    return must && (state != TS_CONTROL_EXITED || code != 0) ? NULL : text;
}

/** The start whose @n-th call goes wrong. False when there are not so many calls. */
static bool inject(uint32_t mode, uint32_t n)
{
    static unsigned number;
    struct state before;
    char name[32], what[80];
    uint32_t calls = 0;
    bool fired = false;

    strcpy(name, moved ? "moved.cfg" : "warm.cfg");
    if (cold)
        snprintf(name, sizeof name, "c%u.cfg", number++);
    take(&before);
    inject_arm(control, mode, n);
    const char *outcome = start(name, false);
    snprintf(what, sizeof what, "%s", outcome ? outcome : "no answer");
    inject_count(control, &calls, &fired);
    inject_arm(control, INJECT_NONE, 0);
    bool next = start(name, true), same = settled(&before);
    if (outcome && next && same)
        printf("ok %s-%u: %s\n", mode_names[mode], n, fired ? what : "no such call");
    else
        printf("FAIL %s-%u: %s; next start %s; books %s\n", mode_names[mode], n, what,
               next ? "works" : "fails", same ? "as before" : "differ");
    failed += !outcome || !next || !same;
    return fired && n < LIMIT && next;
}

static void inject_all(const char *word)
{
    for (uint32_t mode = 0; mode < INJECT_MODES; mode++) {
        uint32_t n = 1;
        if (strcmp(mode_names[mode], word) != 0)
            continue;
        while (inject(mode, n))
            n++;
        printf("%s: %u calls\n", word, n - 1);
        return;
    }
    printf("FAIL unknown mode %s\n", word);
    failed++;
}

int main(int argc, char **argv)
{
    bool provider = argc > 1 && strcmp(argv[1], "fprov") == 0;

    cold = argc > 2 && strcmp(argv[2], "cold") == 0;
    moved = argc > 2 && strcmp(argv[2], "moved") == 0;
    real = find("DM_REAL");
    ts = find("SIMPLE_TS");
    exec = find("EXEC");
    manager = find("INJECT_DM");
    control = provider ? find("INJECT_CONTROL") : manager;
    loader = find("LOADER");
    if (!start("warm.cfg", true) || !start("warm.cfg", true) || !start("first.cfg", true)
        || !start("first.cfg", true) || (moved && !start("moved.cfg", true))) {
        puts("FAIL warm-up");
        failed++;
    }
    for (int i = 3; i < argc && !failed; i++)
        inject_all(argv[i]);
    books_print(ts);
    books_print(real);
    printf("done: %d failed\n", failed);
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
