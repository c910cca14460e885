/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_opening.h"

enum { SMALL = 2 << 20, WAIT_US = 20000000 };

static l4_cap_t loader;

static uint64_t memory_used(void)
{
    uint64_t free, used = 0;

    if (dm_memory(TASK_CAP_DM, &free, &used))
        puts("FAIL memory: dm_phys does not answer");
    return used;
}

/** A task before its main. */
struct child {
    l4_cap_t control;
    struct loader_task info;
};

static bool start(const char *name, const char *args, struct child *child)
{
    l4_cap_t opening = task_slot();
    uint32_t count = 0, id;
    int32_t error = -1;

    child->control = task_slot();
    bool ok = loader_open(loader, name, args, LOADER_STOP_MAIN, opening) == 0
              && loader_opening_result(opening, &error, &count) == 0 && error == 0
              && loader_opening_task(opening, 0, &id, child->control) == 0;
    task_slot_release(opening);
    for (unsigned i = 0; ok && i < 1000; i++) {
        ok = loader_info(loader, id, &child->info) == 0;
        if (ok && child->info.state == LOADER_STATE_STOPPED)
            return true;
        usleep(10000);
    }
    return false;
}

/** Lets it go on; its exit code, or -1 if it ended otherwise. */
static int end(struct child *child)
{
    uint32_t state = 0;
    int32_t code = -1;

    long error = loader_control_cont(child->control);
    if (!error)
        error = loader_control_wait(child->control, WAIT_US, &state, &code);
    task_slot_release(child->control);
    if (error)
        printf("not ended: %s\n", error_text(error));
    return state == LOADER_STATE_EXITED ? code : -1;
}

static void small_part(void)
{
    struct child child;
    uint64_t before = memory_used();

    CHECK("60MB", start("t_bss60", "", &child));
    CHECK("60MB-nobody-pays", memory_used() < before + SMALL);
    CHECK("60MB-private", child.info.private < SMALL);
    CHECK("60MB-used", end(&child) == 0);
}

static void all_of_it(void)
{
    struct child child;
    uint64_t before = memory_used();

    CHECK("all-of-60MB", start("t_bss60", "all", &child));
    CHECK("all-of-60MB-written", end(&child) == 0);
    CHECK("all-of-60MB-given-back", memory_used() < before + SMALL);
}

static void more_than_its_limit(void)
{
    struct child child;
    uint64_t before = memory_used();

    CHECK("200MB", start("t_bss200", "", &child));
    CHECK("200MB-nobody-pays", memory_used() < before + SMALL);
    CHECK("200MB-used", end(&child) == 0);
    CHECK("beyond-its-limit", start("t_bss200", "all", &child));
    CHECK("beyond-its-limit-ended", end(&child) == -1);
    CHECK("beyond-its-limit-given-back", memory_used() < before + SMALL);
}

int main(void)
{
    loader = service("LOADER");
    small_part();
    all_of_it();
    more_than_its_limit();
    return check_result();
}
