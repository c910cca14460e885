/* SPDX-License-Identifier: BSD-2-Clause */
#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "idl/loader.h"
#include "idl/ts_control.h"

enum { ROUNDS = 300 };

static l4_cap_t loader;

static bool run(int round)
{
    uint32_t id, state;
    int32_t code;
    long error = loader_start(loader, "t_true", round % 2 ? "one" : "", &id);

    if (error) {
        printf("round %d: %s\n", round, error_text(error));
        return false;
    }
    return loader_wait(loader, id, &state, &code) == 0 && state == TS_CONTROL_EXITED
           && code == round % 2;
}

static uint64_t memory_used(void)
{
    uint64_t free, used;

    return dm_memory(TASK_CAP_DM, &free, &used) ? 0 : used;
}

/** More starts, one after the other, than there are records, slots and stacks for at a time. */
int main(void)
{
    int good = 0;

    loader = service("LOADER");
    run(0);
    run(1);
    uint64_t before = memory_used();
    for (int i = 0; i < ROUNDS && good == i; i++)
        good += run(i);
    uint64_t after = memory_used(); /* printing touches pages of our own */
    printf("%d starts, %lu bytes more in use\n", good, after - before);
    CHECK("all-started", good == ROUNDS);
    CHECK("memory-as-before", after == before);
    return check_result();
}
