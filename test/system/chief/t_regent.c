/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "../check.h"
#include "../opener.h"
#include "idl/loader.h"
#include "l4sys/clock.h"
#include "l4sys/ipc.h"

enum { KILLS = 30 };

/** A chief that ends by itself, as @script says. */
static bool ends(const char *script, uint32_t state)
{
    struct opened task;
    bool good = opened_open(&task, script, "", 0) == 0 && opened_wait(&task, 60)
                && task.state == state && (state == LOADER_STATE_FAULT || task.code == 3);

    opened_close(&task);
    return good;
}

/** One that is killed @us after its start, wherever it is then. */
static bool killed(uint64_t us)
{
    struct opened task;
    bool good = opened_open(&task, "loop.cfg", "", 0) == 0;

    if (good)
        l4_sleep_us(us);
    good = good && opened_kill(&task) && opened_wait(&task, 10)
           && task.state == LOADER_STATE_KILLED;
    opened_close(&task);
    return good;
}

static bool all_ways(void)
{
    return ends("exit.cfg", LOADER_STATE_EXITED) && ends("fault.cfg", LOADER_STATE_FAULT)
           && killed(1000000);
}

/** Chiefs end in every way, and their tasks with them: the books must balance. */
int main(void)
{
    bool good = true;

    CHECK("warm-up", all_ways());
    CHECK("books-before", opened_books("before"));
    CHECK("again", all_ways());
    for (unsigned i = 0; i < KILLS && good; i++)
        good = killed(i * 1500);
    CHECK("killed-while-the-tree-grows", good);
    CHECK("books-after", opened_books("after"));
    return check_result();
}
