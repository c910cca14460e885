/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include <task/slots.h>

#include "../check.h"
#include "../service.h"
#include "l4sys/factory.h"
#include "rm/region.h"
#include "thread/shared.h"
#include "thread/thread.h"

enum { HALF = 500000, NAP_EVERY = 20000 };

struct memory {
    struct shared_counter lock;
    volatile long count; /* changed only by who has the lock's one unit */
    _Atomic unsigned started, ended;
    _Atomic unsigned found_taken[2]; /* how often each found the unit taken */
};

static const char *const names[] = {"0", "1"};

static struct memory *attach(l4_cap_t dataspace)
{
    struct region_attachment a = {.size = L4_PAGE_SIZE, .dataspace = dataspace,
                                  .rights = L4_FPAGE_RW, .flags = REGION_ANYWHERE};

    return region_attach(&a) ? NULL : (struct memory *)a.start;
}

/** Brings this party's semaphore, gets the other's. */
static long meet(l4_cap_t meeting, struct shared_semaphore *s)
{
    unsigned other = !s->me;
    long error;

    s->kernel[s->me] = task_slot();
    s->kernel[other] = task_slot();
    error = l4_factory_create_semaphore(TASK_CAP_FACTORY, s->kernel[s->me]);
    if (error >= 0)
        error = names_register(meeting, names[s->me], s->kernel[s->me]);
    for (int i = 0; i < 1000 && error >= 0; i++) {
        error = names_query(meeting, names[other], 0, s->kernel[other]);
        if (error != -ERR_ENOENT)
            return error;
        thread_sleep_us(10000);
        error = 0;
    }
    return error;
}

static void wait_for_both(_Atomic unsigned *number)
{
    ++*number;
    while (*number < 2)
        thread_sleep_us(1000);
}

/** Reads and writes apart, sometimes with a nap between: without the lock most would be lost. */
static void count(struct shared_semaphore *s, struct memory *memory)
{
    for (int i = 0; i < HALF; i++) {
        if (memory->lock.counter <= 0)
            memory->found_taken[s->me]++;
        shared_down(s);
        long now = memory->count;
        if (i % NAP_EVERY == 0)
            thread_sleep_us(1500);
        memory->count = now + 1;
        shared_up(s);
    }
}

int main(int argc, char **argv)
{
    l4_cap_t meeting = service("MEETING"), dataspace = task_slot();
    struct shared_semaphore s = {.me = argc > 1 && argv[1][0] == '1'};

    if (names_query(meeting, "memory", 0, dataspace) < 0 || meet(meeting, &s) < 0)
        return 1;
    struct memory *memory = attach(dataspace);
    if (!memory)
        return 1;
    s.shared = &memory->lock;
    if (s.me == 0)
        shared_up(&s);
    wait_for_both(&memory->started);
    count(&s, memory);
    wait_for_both(&memory->ended);
    if (s.me == 1)
        return 0;
    CHECK("both-waited", memory->found_taken[0] > 0 && memory->found_taken[1] > 0);
    printf("counted to %ld\n", memory->count);
    CHECK("nothing-lost", memory->count == 2 * HALF && memory->lock.counter == 1);
    return check_result();
}
