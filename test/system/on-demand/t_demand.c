/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "idl/ts_control.h"
#include "rm/region.h"

#define MIB (1ull << 20)

static l4_cap_t loader, bmodfs;

static uint64_t memory_used(void)
{
    uint64_t free, used = 0;

    dm_memory(TASK_CAP_DM, &free, &used);
    return used;
}

/** F10: what is not read is not moved. */
static void one_page(void)
{
    struct region_attachment a = {
        .rights = L4_FPAGE_R, .flags = REGION_ANYWHERE, .dataspace = task_slot()};
    uint64_t size = 0, before = memory_used();

    CHECK("open-on-demand",
          fprov_open(bmodfs, "(demand)/big", TASK_CAP_DM, &size, a.dataspace) == 0);
    a.size = size;
    CHECK("size", size == 32 * MIB && region_attach(&a) == 0);
    CHECK("one-page-read", *(volatile const uint32_t *)(a.start + 20 * MIB) == 0xcefaedfe);
    CHECK("little-moved", memory_used() - before < MIB);
    a.rights = L4_FPAGE_RW;
    a.flags |= REGION_MAP_NOW;
    CHECK("not-written", region_attach(&a) == -ERR_EPERM);

    l4_cap_t whole = task_slot();
    before = memory_used();
    CHECK("open-whole", fprov_open(bmodfs, "big", TASK_CAP_DM, &size, whole) == 0);
    CHECK("all-moved", memory_used() - before >= 32 * MIB);
}

/** Starts a program, to its end; what the loader said or the exit code. */
static long run(const char *program)
{
    uint32_t id, state = 0;
    int32_t code = 0;
    long error = loader_start(loader, program, "", &id);

    if (!error)
        error = loader_wait(loader, id, &state, &code);
    usleep(200000);
    return error ? error : state == TS_CONTROL_EXITED ? code : 1;
}

/** Programs of managers that exec does not know are copied; of bad managers refused. */
static void programs(void)
{
    static const char *const bad[] = {"hole", "lie", "nothing", "refuse", "silent", "huge",
                                      "vanish"};
    char name[32];

    CHECK("program-on-demand", run("(demand)/hello") == 0);
    uint64_t before = memory_used();
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(name, sizeof name, "%s/hello", bad[i]);
        CHECK(bad[i], run(name) < 0);
    }
    CHECK("memory-as-before", memory_used() == before);
    CHECK("next-start", run("(demand)/hello") == 0);
    CHECK("memory-still-as-before", memory_used() == before);
}

int main(void)
{
    loader = service("LOADER");
    bmodfs = service("BMODFS");
    one_page();
    programs();
    return check_result();
}
