/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The semaphore between tasks (lib/thread/shared.c) with threads of the host as parties: nothing is
 * lost, nobody waits for ever, wherever a party is stopped or dies. Its kernel semaphores are
 * those of the host: thread/l4sys/irq.h takes the place of lib/l4sys/irq.h.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>

#include "l4sys/irq.h"
#include "thread/shared.h"
#include "unit.h"

enum { PARTIES = 3, THREADS = 2, ROUNDS = 20000, UNITS = 2 };

static sem_t kernel[PARTIES + 1]; /* by capability */
static struct shared_counter counter;
static struct shared_semaphore parties[PARTIES];
static atomic_int inside, too_many;
static atomic_int woken;
static l4_cap_t dead; /* whose task is gone */

static void stumble(void)
{
    if (rand() % 4 == 0)
        sched_yield();
}

long fake_semaphore_up(l4_cap_t semaphore)
{
    stumble();
    return semaphore == dead ? -1 : sem_post(&kernel[semaphore]);
}

long fake_semaphore_down(l4_cap_t semaphore)
{
    stumble();
    while (sem_wait(&kernel[semaphore]))
        ;
    return 0;
}

static void setup(void)
{
    counter = (struct shared_counter){0};
    dead = 0;
    for (unsigned i = 0; i < PARTIES; i++) {
        sem_init(&kernel[i + 1], 0, 0);
        parties[i] = (struct shared_semaphore){.shared = &counter, .me = i};
        for (unsigned k = 0; k < PARTIES; k++)
            parties[i].kernel[k] = k + 1;
    }
}

static void *works(void *argument)
{
    struct shared_semaphore *s = argument;

    for (int i = 0; i < ROUNDS; i++) {
        shared_down(s);
        if (++inside > UNITS)
            too_many = 1;
        stumble();
        inside--;
        shared_up(s);
    }
    return NULL;
}

TEST(nothing_is_lost_under_load)
{
    pthread_t threads[PARTIES * THREADS];

    setup();
    for (int i = 0; i < UNITS; i++)
        shared_up(&parties[0]);
    for (unsigned i = 0; i < PARTIES * THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, works, &parties[i % PARTIES]) == 0);
    for (unsigned i = 0; i < PARTIES * THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(!too_many);
    CHECK_EQ(counter.counter, UNITS);
    for (unsigned i = 0; i < PARTIES; i++) {
        int left = -1;
        sem_getvalue(&kernel[i + 1], &left);
        CHECK_EQ(left, 0);
        CHECK_EQ(counter.announced[i], 0);
    }
}

static void *waits(void *argument)
{
    shared_down(argument);
    woken++;
    return NULL;
}

/* A thread of party 2 waits; the dead one is found first. */
static void wake_beside(void)
{
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, waits, &parties[2]) == 0);
    while (counter.announced[2] == 0 || counter.counter >= 0)
        sched_yield();
    shared_up(&parties[1]);
    pthread_join(thread, NULL);
}

TEST(who_died_before_it_was_counted_takes_nothing_along)
{
    setup();
    dead = parties[0].kernel[0];
    counter.announced[0] = 1;
    wake_beside();
    CHECK_EQ(woken, 1);
    CHECK_EQ(counter.counter, 0);
    CHECK_EQ(counter.announced[0], 0);
}

TEST(who_died_while_it_waited_takes_one_unit_along)
{
    setup();
    dead = parties[0].kernel[0];
    counter.announced[0] = 1;
    counter.counter = -1;
    wake_beside();
    CHECK_EQ(woken, 2);
    CHECK_EQ(counter.counter, -1);
    shared_up(&parties[1]);
    CHECK_EQ(counter.counter, 0);
    shared_up(&parties[1]);
    CHECK_EQ(counter.counter, 1);
}

UNIT_MAIN(T(nothing_is_lost_under_load), T(who_died_before_it_was_counted_takes_nothing_along),
          T(who_died_while_it_waited_takes_one_unit_along))
