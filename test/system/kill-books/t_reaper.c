/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include <task/slots.h>

#include "../check.h"
#include "../opener.h"
#include "idl/dm.h"
#include "idl/loader.h"
#include "l4sys/ipc.h"

static const char *program = "t_mortal";
static unsigned bad;

static uint64_t memory_used(void)
{
    uint64_t free, used;

    return dm_memory(TASK_CAP_DM, &free, &used) ? 0 : used;
}

/** One task, the @number'th, ended by one of three ways; false if it was another end than that. */
static bool end_one(unsigned number)
{
    unsigned way = number % 3;
    static const char *const ways[] = {"exit", "fault", "loop"};
    struct opened task;
    uint64_t before = memory_used();
    bool good = opened_open(&task, program, ways[way], 0) == 0;

    if (good && number % 8 == 2)
        l4_sleep_us(1000); /* not always at once */
    if (good && way == 2)
        good = memory_used() > before && opened_kill(&task) && memory_used() == before; /* T06 */
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
        bad += !end_one(i);
}

/**
 * t_reaper STARTS [PROGRAM]: as many, ended in equal parts by exit, fault and kill; the books must
 * balance.
 */
int main(int argc, char **argv)
{
    unsigned starts = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 0) : 30;

    if (argc > 2)
        program = argv[2];
    rounds(6);
    CHECK("warm-up", bad == 0);
    CHECK("books-before", opened_books("before"));
    rounds(starts);
    CHECK("all-ended-as-told", bad == 0);
    CHECK("books-after", opened_books("after"));
    printf("%u starts\n", starts);
    return check_result();
}
