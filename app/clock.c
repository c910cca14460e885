/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stdio.h>

#include "loader/loader.h"
#include "thread/semaphore.h"
#include "thread/thread.h"
#include "tour.h"

#define TICK_US 100000

static struct semaphore tick;
static atomic_int ticks_left;

/** The pendulum: gives a unit of the semaphore every tenth of a second. */
static void swing(void *argument)
{
    (void)argument;
    while (atomic_fetch_sub(&ticks_left, 1) > 0) {
        thread_sleep_us(TICK_US);
        semaphore_up(&tick);
    }
}

/** The hand: shows the time at each tick. */
static int show(int ticks)
{
    uint64_t start = task_clock_us();

    for (int i = 1; i <= ticks; i++) {
        long error = semaphore_down(&tick);
        if (error) {
            printf("semaphore: error %ld\n", error);
            return 1;
        }
        printf("tick %d after %lu ms\n", i, (task_clock_us() - start) / 1000);
    }
    return 0;
}

/** clock [ticks=N] [code=N]: makes the tour, then lets a thread tick. */
int main(int argc, char **argv)
{
    int ticks = tour_number(argv, "ticks", 3);
    struct thread_request request = {.name = "pendulum", .entry = swing};
    struct thread *pendulum;

    tour(argc, argv);
    ticks_left = ticks;
    long error = semaphore_init(&tick, 0);
    if (!error)
        error = thread_create(&request, &pendulum);
    if (error) {
        printf("cannot start: error %ld\n", error);
        return 1;
    }
    int code = show(ticks);
    thread_join(pendulum);
    semaphore_destroy(&tick);
    return code ? code : tour_number(argv, "code", 0);
}
