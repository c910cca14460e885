/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../opener.h"
#include "idl/loader.h"

static unsigned bad;

/** One task ended by the way number @way; false if it was another end than that. */
static bool end_one(unsigned way)
{
    static const char *const ways[] = {"exit", "fault", "loop"};
    struct opened task;
    bool good = opened_open(&task, "t_mortal", ways[way], 0) == 0;

    if (good && way == 2)
        good = opened_kill(&task);
    good = good && opened_wait(&task, 10);
    if (way == 0)
        good = good && task.state == LOADER_STATE_EXITED && task.code == 5;
    else
        good = good && task.state == (way == 1 ? LOADER_STATE_FAULT : LOADER_STATE_KILLED);
    if (!good)
        printf("%s: state %u code %d\n", ways[way], task.state, task.code);
    opened_close(&task);
    return good;
}

static void rounds(unsigned count)
{
    for (unsigned i = 0; i < count && bad < 5; i++)
        bad += !end_one(i % 3);
}

/** t_reaper STARTS: as many, ended in equal parts by exit, fault and kill; the books must balance. */
int main(int argc, char **argv)
{
    unsigned starts = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 30;

    rounds(6);
    CHECK("warm-up", bad == 0);
    CHECK("books-before", opened_books("before"));
    rounds(starts);
    CHECK("all-ended-as-told", bad == 0);
    CHECK("books-after", opened_books("after"));
    printf("%u starts\n", starts);
    return check_result();
}
