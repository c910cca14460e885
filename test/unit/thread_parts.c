/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "thread/exit.h"
#include "thread/keys.h"
#include "thread/lock.h"
#include "unit.h"

/* The lock's world: one thread at a time, chosen by the test; a semaphore that never waits. */
static int thread_a, thread_b;
static void *me;

struct thread *thread_self(void)
{
    return me;
}

long semaphore_init(struct semaphore *s, long count)
{
    s->counter = count;
    return 0;
}

void semaphore_destroy(struct semaphore *s)
{
    s->counter = -100;
}

long semaphore_down(struct semaphore *s)
{
    return --s->counter < 0 ? -ERR_EIPC_RECANCELED : 0;
}

long semaphore_try(struct semaphore *s)
{
    if (s->counter <= 0)
        return -ERR_EAGAIN;
    s->counter--;
    return 0;
}

void semaphore_up(struct semaphore *s)
{
    s->counter++;
}

TEST(a_lock_is_taken_and_released_equally_often)
{
    struct lock lock;

    me = &thread_a;
    CHECK(lock_init(&lock) == 0 && lock_owner(&lock) == NULL);
    CHECK(lock_take(&lock) == 0 && lock_try(&lock) == 0 && lock_take(&lock) == 0);
    CHECK(lock.semaphore.counter == 0 && lock_destroy(&lock) == -ERR_EBUSY);
    CHECK(lock_release(&lock) == 0 && lock_release(&lock) == 0);
    CHECK(lock_owner(&lock) == me && lock.semaphore.counter == 0);
    CHECK(lock_release(&lock) == 0 && lock_owner(&lock) == NULL && lock.semaphore.counter == 1);
    CHECK(lock_release(&lock) == -ERR_EPERM && lock.semaphore.counter == 1);
    CHECK(lock_destroy(&lock) == 0);
}

TEST(a_foreign_lock_is_left_alone)
{
    struct lock lock;

    lock_init(&lock);
    me = &thread_a;
    CHECK(lock_take(&lock) == 0);
    me = &thread_b;
    CHECK(lock_release(&lock) == -ERR_EPERM && lock_try(&lock) == -ERR_EAGAIN);
    CHECK(lock_take(&lock) == -ERR_EIPC_RECANCELED); /* a wait that was broken off owns nothing */
    CHECK(lock_owner(&lock) == (void *)&thread_a && lock.depth == 1);
}

static struct thread_exit_function *list, again;
static int ran[8], count;

static void run(void *argument)
{
    ran[count++] = *(int *)argument;
    if (*(int *)argument == 2)
        exit_push(&list, &again);
}

TEST(exit_functions_run_last_in_first_out)
{
    static int numbers[] = {1, 2, 3, 4};
    struct thread_exit_function f[3];

    again = (struct thread_exit_function){.run = run, .argument = &numbers[3]};
    for (int i = 0; i < 3; i++) {
        f[i] = (struct thread_exit_function){.run = run, .argument = &numbers[i]};
        exit_push(&list, &f[i]);
    }
    exit_run(&list);
    CHECK(count == 4 && list == NULL);
    CHECK(ran[0] == 3 && ran[1] == 2 && ran[2] == 4 && ran[3] == 1);
}

TEST(keys_are_as_many_as_there_are)
{
    struct keys keys = {0};

    for (int i = 0; i < THREAD_KEYS; i++)
        CHECK(keys_alloc(&keys) == i);
    CHECK(keys_alloc(&keys) == -ERR_ETOOMANY);
    CHECK(keys_release(&keys, 3) == 0 && keys_release(&keys, 3) == -ERR_EINVAL);
    CHECK(keys_release(&keys, THREAD_KEYS) == -ERR_EINVAL);
    CHECK(keys_alloc(&keys) == 3);
}

TEST(a_value_goes_with_its_key)
{
    struct keys keys = {0};
    struct key_values a = {0}, b = {0};
    unsigned key = (unsigned)keys_alloc(&keys);

    CHECK(keys_get(&keys, &a, key) == NULL);
    CHECK(keys_set(&keys, &a, key, &a) == 0 && keys_set(&keys, &b, key, &b) == 0);
    CHECK(keys_get(&keys, &a, key) == &a && keys_get(&keys, &b, key) == &b);
    keys_release(&keys, key);
    CHECK(keys_get(&keys, &a, key) == NULL && keys_set(&keys, &a, key, &a) == -ERR_EINVAL);
    CHECK((unsigned)keys_alloc(&keys) == key && keys_get(&keys, &a, key) == NULL);
    CHECK(keys_set(&keys, &a, THREAD_KEYS, &a) == -ERR_EINVAL);
    CHECK(keys_get(&keys, &a, THREAD_KEYS) == NULL);
}

UNIT_MAIN(T(a_lock_is_taken_and_released_equally_often), T(a_foreign_lock_is_left_alone),
          T(exit_functions_run_last_in_first_out), T(keys_are_as_many_as_there_are),
          T(a_value_goes_with_its_key))
