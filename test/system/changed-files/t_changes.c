/* SPDX-License-Identifier: BSD-2-Clause */
#include "../check.h"
#include "../service.h"
#include "idl/exec.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "idl/ts_control.h"

static l4_cap_t exec, loader, provider;

static struct exec_counters counters(void)
{
    struct exec_counters c = {0};

    if (exec_stats(exec, &c))
        puts("FAIL counters: exec does not answer");
    return c;
}

static void tell(const char *what)
{
    uint64_t version;

    fprov_version(provider, what, &version);
}

static int result(uint32_t id)
{
    uint32_t state;
    int32_t code;

    if (loader_wait(loader, id, &state, &code) || state != TS_CONTROL_EXITED)
        return -1;
    return code;
}

/** Starts t_uses, to its end: the version of the library it found. */
static int run(void)
{
    uint32_t id;

    return loader_start(loader, "t_uses", "", &id) ? -1 : result(id);
}

/** True if between the two nothing was parsed, looked up or relocated. */
static bool no_work(const struct exec_counters *a, const struct exec_counters *b)
{
    return a->parses == b->parses && a->lookups == b->lookups && a->relocations == b->relocations
           && a->objects == b->objects && a->masters == b->masters;
}

/** The provider tells versions: only what has changed is fetched. */
static void known_versions(void)
{
    tell("known");
    CHECK("first", run() == 1);
    struct exec_counters first = counters();
    CHECK("unchanged", run() == 1);
    struct exec_counters same = counters();
    CHECK("unchanged-no-file", same.files == first.files && no_work(&first, &same));
    tell("use 2");
    CHECK("changed", run() == 2);
    struct exec_counters changed = counters();
    CHECK("changed-one-file", changed.files == same.files + 1 && changed.parses == same.parses + 1
                                  && changed.objects == same.objects + 1);
    tell("use 1");
    CHECK("changed-back", run() == 1);
    struct exec_counters back = counters();
    CHECK("same-contents-no-work", back.files == changed.files + 1 && no_work(&changed, &back));
}

/** It does not: all is fetched and compared. */
static void unknown_versions(void)
{
    tell("unknown");
    struct exec_counters before = counters();
    CHECK("unknown", run() == 1);
    struct exec_counters same = counters();
    CHECK("unknown-fetched", same.files == before.files + 4 && no_work(&before, &same));
    tell("use 2");
    CHECK("unknown-changed", run() == 2);
    tell("use 1");
    CHECK("unknown-back", run() == 1);
}

/** A task that runs keeps what it was started with. */
static void running_task(void)
{
    uint32_t id;

    CHECK("stays", loader_start(loader, "t_uses", "wait", &id) == 0);
    tell("use 2");
    CHECK("beside-it", run() == 2);
    CHECK("keeps-its-library", result(id) == 1);
}

int main(void)
{
    exec = service("EXEC");
    loader = service("LOADER");
    provider = service("CHANGING");
    known_versions();
    unknown_versions();
    running_task();
    return check_result();
}
