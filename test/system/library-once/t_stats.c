/* SPDX-License-Identifier: BSD-2-Clause */
#include "../check.h"
#include "../service.h"
#include "idl/exec.h"
#include "idl/loader.h"
#include "idl/ts_control.h"

static l4_cap_t exec, loader;

static struct exec_counters counters(void)
{
    struct exec_counters c = {0};

    if (exec_stats(exec, &c))
        puts("FAIL counters: exec does not answer");
    return c;
}

static bool run(const char *program)
{
    uint32_t id, state;
    int32_t code;

    return loader_start(loader, program, "", &id) == 0
           && loader_wait(loader, id, &state, &code) == 0 && state == TS_CONTROL_EXITED
           && code == 0;
}

/** X03: what is there is not asked for again; X11: what is linked is not linked again. */
int main(void)
{
    exec = service("EXEC");
    loader = service("LOADER");

    struct exec_counters start = counters();
    CHECK("first-start", run("hello"));
    struct exec_counters first = counters();
    CHECK("first-start-fetches", first.files > start.files && first.parses > start.parses);
    CHECK("first-start-links", first.lookups > start.lookups && first.masters == start.masters + 1);

    CHECK("second-start", run("hello"));
    struct exec_counters second = counters();
    CHECK("second-start-counts", second.opens == first.opens + 1);
    CHECK("second-start-no-file", second.files == first.files);
    CHECK("second-start-no-parse", second.parses == first.parses);
    CHECK("second-start-no-lookup", second.lookups == first.lookups);
    CHECK("second-start-no-relocation", second.relocations == first.relocations);

    CHECK("other-program", run("clock"));
    struct exec_counters other = counters();
    CHECK("other-program-one-file", other.files == second.files + 1);
    CHECK("other-program-one-object", other.objects == second.objects + 1);
    CHECK("other-program-linked", other.lookups > second.lookups);
    return check_result();
}
