/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "../check.h"
#include "errors/errors.h"
#include "order.h"
#include "thread/lock.h"
#include "thread/semaphore.h"
#include "thread/thread.h"

enum { WAITERS = 3, ROUNDS = 2000 };

static struct semaphore gate;
static char released[WAITERS + 1];
static atomic_int places;

static struct thread *create(void (*entry)(void *), void *argument, unsigned priority)
{
    struct thread_request request = {
        .name = "order", .entry = entry, .argument = argument, .priority = priority};
    struct thread *thread = NULL;

    if (thread_create(&request, &thread))
        puts("FAIL create");
    return thread;
}

static void waits(void *argument)
{
    semaphore_down(&gate);
    released[places++] = *(char *)argument;
}

/**
 * Three wait, in the order a, b, c, with priorities 3, 5, 4; *@changed gets @priority; who came
 * when?
 */
static const char *order_of(unsigned changed, unsigned priority)
{
    static char names[] = "abc";
    static const unsigned priorities[WAITERS] = {3, 5, 4};
    struct thread *threads[WAITERS];

    memset(released, 0, sizeof released);
    places = 0;
    for (unsigned i = 0; i < WAITERS; i++) {
        threads[i] = create(waits, &names[i], priorities[i]);
        thread_sleep_us(10000);
    }
    if (priority && thread_set_priority(threads[changed], priority))
        puts("FAIL set-priority");
    for (unsigned i = 0; i < WAITERS; i++) {
        semaphore_up(&gate);
        thread_sleep_us(10000);
    }
    for (unsigned i = 0; i < WAITERS; i++)
        thread_join(threads[i]);
    return released;
}

void check_order(void)
{
    semaphore_init(&gate, 0);
    CHECK("highest-first", strcmp(order_of(0, 0), "bca") == 0);
    CHECK("highest-first-after-a-change", strcmp(order_of(0, 9), "abc") == 0);
    CHECK("lowered", strcmp(order_of(1, 2), "cab") == 0);
}

static struct lock lock;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long plain;
static long foreign_release, foreign_try;

static void is_foreign(void *argument)
{
    (void)argument;
    foreign_release = lock_release(&lock);
    foreign_try = lock_try(&lock);
}

static void counts(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (argument)
            pthread_mutex_lock(argument);
        else
            lock_take(&lock);
        long now = plain;
        if (i % 100 == 0)
            thread_sleep_us(100);
        plain = now + 1;
        if (argument)
            pthread_mutex_unlock(argument);
        else
            lock_release(&lock);
    }
}

static bool nothing_lost(pthread_mutex_t *m)
{
    struct thread *threads[WAITERS];

    plain = 0;
    for (unsigned i = 0; i < WAITERS; i++)
        threads[i] = create(counts, m, 0);
    for (unsigned i = 0; i < WAITERS; i++)
        thread_join(threads[i]);
    return plain == WAITERS * ROUNDS;
}

void check_locks(void)
{
    CHECK("lock-init", lock_init(&lock) == 0);
    CHECK("lock-twice", lock_take(&lock) == 0 && lock_take(&lock) == 0);
    CHECK("owner", lock_owner(&lock) == thread_self());
    thread_join(create(is_foreign, NULL, 0));
    CHECK("foreign-unlock-refused", foreign_release == -ERR_EPERM && foreign_try == -ERR_EAGAIN);
    CHECK("unlock-twice", lock_release(&lock) == 0 && lock_owner(&lock) == thread_self()
                              && lock_release(&lock) == 0 && lock_owner(&lock) == NULL);
    CHECK("third-unlock-refused", lock_release(&lock) == -ERR_EPERM);
    CHECK("nothing-lost", nothing_lost(NULL));
    CHECK("destroyed", lock_destroy(&lock) == 0);
    CHECK("pthread-mutex", nothing_lost(&mutex));
}
