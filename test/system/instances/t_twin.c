/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>

#include "../check.h"
#include "../service.h"
#include "app/demo.h"
#include "idl/dm.h"
#include "idl/loader.h"
#include "idl/ts_control.h"
#include "thread/thread.h"

enum { CHILDREN = 10, CHILD_SLEEP_US = 2000000 };

static uint64_t pages_used(void)
{
    uint64_t free, used;

    return dm_memory(TASK_CAP_DM, &free, &used) ? 0 : used / 4096;
}

/** A further instance: finds everything at its parent's addresses, with its own contents. */
static int child(char **argv)
{
    bool same = strtoul(argv[1], NULL, 16) == (uintptr_t)&demo_counter
                && strtoul(argv[2], NULL, 16) == (uintptr_t)demo_count;
    int number = atoi(argv[3]);
    bool fresh = demo_counter == 101;

    demo_counter = number * 1000;
    thread_sleep_us(CHILD_SLEEP_US);
    return same && fresh && demo_count() == number * 1000 + 1 ? number : 100;
}

static uint32_t start(l4_cap_t loader, int number)
{
    char arguments[100];
    uint32_t id = 0;

    snprintf(arguments, sizeof arguments, "%lx %lx %d", (unsigned long)&demo_counter,
             (unsigned long)(uintptr_t)demo_count, number);
    long error = loader_start(loader, "t_twin", arguments, &id);
    if (error)
        printf("start: %s\n", error_text(error));
    return id;
}

/** Pages that this task shares with others, as the loader has them. */
static uint64_t shared_pages(l4_cap_t loader)
{
    struct loader_task tasks[3];
    uint32_t count = 0;

    if (loader_list(loader, task_info()->id, tasks, &count) || count == 0)
        return 0;
    return tasks[0].shared / 4096;
}

static bool ended_with(l4_cap_t loader, uint32_t id, int number)
{
    uint32_t state;
    int32_t code;

    return loader_wait(loader, id, &state, &code) == 0 && state == TS_CONTROL_EXITED
           && code == number;
}

/**
 * Starts itself ten times: same addresses, independent data (S16), text counted once (X09, S17).
 */
int main(int argc, char **argv)
{
    if (argc == 4)
        return child(argv);

    l4_cap_t loader = service("LOADER");
    uint32_t ids[CHILDREN];
    int right = 0;
    uint64_t before = pages_used();

    demo_counter = 7;
    for (int i = 0; i < CHILDREN; i++)
        ids[i] = start(loader, i + 1);
    uint64_t each = (pages_used() - before) / CHILDREN, shared = shared_pages(loader);
    printf("each further instance took %lu pages, it shares %lu\n", each, shared);
    for (int i = 0; i < CHILDREN; i++)
        right += ended_with(loader, ids[i], i + 1);
    CHECK("same-addresses-independent-data", right == CHILDREN);
    CHECK("own-data", demo_counter == 7);
    CHECK("shared-pages-counted", shared > 50);
    CHECK("text-counted-once", each > 0 && each < shared / 2);
    CHECK("pages-back", pages_used() <= before + each);
    return check_result();
}
