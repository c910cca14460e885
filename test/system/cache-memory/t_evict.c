/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "../check.h"
#include "../service.h"
#include "idl/exec.h"
#include "idl/loader.h"
#include "l4sys/ipc.h"
#include "rm/region.h"

/* More large programs, one after the other, than there is memory to keep. */

/** Keeps @mib MiB. */
static int eat(unsigned mib)
{
    if (!region_alloc((uint64_t)mib << 20))
        return 1;
    l4_sleep_us(100000000);
    return 0;
}

static bool start_eater(const char *args)
{
    uint32_t id;

    return loader_start(TASK_CAP_LOADER, "t_evict", args, &id) == 0;
}

static bool run(const char *name)
{
    uint32_t id, state;
    int32_t code;

    return loader_start(TASK_CAP_LOADER, name, "", &id) == 0
           && loader_wait(TASK_CAP_LOADER, id, &state, &code) == 0
           && state == LOADER_STATE_EXITED && code == 3;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"bulk1", "bulk2", "bulk3", "bulk4"};
    struct exec_counters counters = {0};
    l4_cap_t exec = service("EXEC");
    unsigned good = 0;

    if (argc > 1)
        return eat((unsigned)strtoul(argv[1], NULL, 10));
    CHECK("eaters", start_eater("56") && start_eater("56") && start_eater("20"));
    l4_sleep_us(1000000);
    for (unsigned i = 0; i < 12; i++)
        good += run(names[i % 4]);
    CHECK("all-run", good == 12);
    CHECK("stats", exec_stats(exec, &counters) == 0);
    printf("given up %lu times, %lu files fetched\n", counters.evictions, counters.files);
    CHECK("given-up", counters.evictions > 0);
    return check_result();
}
