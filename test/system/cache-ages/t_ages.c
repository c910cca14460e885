/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "idl/loader.h"
#include "idl/loader_task.h"
#include "idl/ts_control.h"

static l4_cap_t exec, loader;

static struct exec_counters counters(void)
{
    struct exec_counters c = {0};

    if (exec_stats(exec, &c))
        puts("FAIL counters: exec does not answer");
    return c;
}

static uint64_t memory_used(void)
{
    uint64_t free, used = 0;

    dm_memory(TASK_CAP_DM, &free, &used);
    return used;
}

/** Starts a program, to its end, and gives the servers time to hear of that. */
static bool run(const char *program)
{
    uint32_t id, state;
    int32_t code;
    bool good = loader_start(loader, program, "", &id) == 0
                && loader_wait(loader, id, &state, &code) == 0 && state == TS_CONTROL_EXITED
                && code == 0;

    usleep(200000);
    return good;
}

/** exec cache=0: after the last user nothing is left. */
static void nothing_kept(void)
{
    CHECK("warm-up", run("hello"));
    struct exec_counters before = counters();
    uint64_t used = memory_used();

    CHECK("again", run("hello"));
    struct exec_counters after = counters();
    CHECK("fetched-again", after.files == before.files + 3 && after.lookups > before.lookups);
    CHECK("objects-leave", after.objects == before.objects);
    CHECK("sets-leave", after.masters == before.masters);
    CHECK("memory-as-before", memory_used() == used);
    for (int i = 0; i < 20; i++)
        run(i % 2 ? "clock" : "hello");
    CHECK("still-as-before", memory_used() == used && counters().objects == before.objects);
}

/** exec entries=4: what was used longest ago leaves. */
static void oldest_leave(void)
{
    struct exec_counters start = counters();

    CHECK("hello", run("hello")); /* a set and three objects */
    struct exec_counters hello = counters();
    CHECK("four-kept", hello.objects == start.objects + 3 && hello.masters == start.masters + 1);
    CHECK("clock", run("clock"));
    struct exec_counters clock = counters();
    CHECK("oldest-left", clock.objects + clock.masters == start.objects + start.masters + 4);
    CHECK("clock-again", run("clock"));
    CHECK("youngest-kept", counters().files == clock.files);
    CHECK("hello-again", run("hello"));
    CHECK("oldest-fetched", counters().files > clock.files);
}

int main(int argc, char **argv)
{
    exec = service("EXEC");
    loader = service("LOADER");
    if (argc > 1 && strcmp(argv[1], "oldest") == 0)
        oldest_leave();
    else
        nothing_kept();
    CHECK("books", loader_task_books(TASK_CAP_LOADER, "after") == 0);
    return check_result();
}
