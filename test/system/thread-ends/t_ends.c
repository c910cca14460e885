/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "../check.h"
#include "errors/errors.h"
#include "loader/loader.h"
#include "order.h"
#include "rm/region.h"
#include "thread/semaphore.h"
#include "thread/thread.h"

static struct semaphore never, end;
static int handed;
static atomic_int started, order, ended_in_order;

static struct thread *create(void (*entry)(void *), void *argument, unsigned priority, unsigned flags)
{
    struct thread_request request = {
        .name = "tester", .entry = entry, .argument = argument, .priority = priority, .flags = flags};
    struct thread *thread = NULL;
    long error = thread_create(&request, &thread);

    if (error) {
        printf("FAIL create: %s\n", error_text(error));
        exit(1);
    }
    return thread;
}

static void starts_slowly(void *argument)
{
    thread_sleep_us(30000);
    started = 1;
    thread_started(argument);
}

static void returns(void *argument)
{
    (void)argument;
}

/** A frame of 60 KiB cannot reach past it: nothing is attached there, nothing else can be. */
static void check_guard(const struct thread *thread)
{
    struct region_attachment guard;
    struct thread_info info;

    thread_describe(thread, &info);
    CHECK("guard-is-reserved", region_lookup((void *)(info.stack_start - 61440), &guard) == 0
                                   && guard.dataspace == 0 && guard.size == REGION_GUARD_SIZE
                                   && guard.start + guard.size == info.stack_start);
}

/** H02 */
static void check_start(void)
{
    struct thread_request never_started = {.name = "never", .entry = returns, .flags = THREAD_SYNC};
    struct thread *thread = create(starts_slowly, &handed, 0, THREAD_SYNC);

    CHECK("returns-only-when-started", started == 1);
    CHECK("pointer-handed-back", thread_startup_return(thread) == &handed);
    check_guard(thread);
    CHECK("join", thread_join(thread) == 0);
    CHECK("never-started", thread_create(&never_started, &thread) == -ERR_EDEAD);
}

static void at_exit(void *argument)
{
    int number = *(int *)argument;

    printf("exit function %d\n", number);
    fflush(stdout);
    ended_in_order += number == 3 - order;
    order++;
}

static int numbers[3] = {1, 2, 3};

/** @argument: null: it ends by itself; else it waits at this semaphore, or spins if it has none. */
static void has_exit_functions(void *argument)
{
    struct thread_exit_function functions[3];

    for (int i = 0; i < 3; i++) {
        functions[i] = (struct thread_exit_function){.run = at_exit, .argument = &numbers[i]};
        thread_on_exit(&functions[i]);
    }
    if (!argument)
        return thread_exit();
    thread_started(NULL);
    semaphore_down(argument);
    puts("FAIL shutdown: went on");
}

static void idles(void *argument)
{
    (void)argument;
    thread_started(NULL);
    semaphore_down(&never);
}

static atomic_int busy_ended;

static void note_end(void *argument)
{
    (void)argument;
    busy_ended = 1;
}

static void spins(void *argument)
{
    struct thread_exit_function note = {.run = note_end};

    (void)argument;
    thread_on_exit(&note);
    thread_started(NULL);
    for (;;)
        atomic_signal_fence(memory_order_seq_cst);
}

/** H03 */
static void check_end(void)
{
    thread_join(create(has_exit_functions, NULL, 0, 0));
    CHECK("exit-last-in-first-out", ended_in_order == 3);
    order = ended_in_order = 0;
    struct thread *thread = create(has_exit_functions, &never, 0, THREAD_SYNC);
    thread_sleep_us(10000);
    CHECK("shutdown", thread_shutdown(thread) == 0);
    CHECK("join-it", thread_join(thread) == 0);
    CHECK("shutdown-last-in-first-out", ended_in_order == 3);

    thread = create(spins, NULL, 0, THREAD_SYNC);
    thread_shutdown(thread);
    thread_shutdown(thread);
    CHECK("shutdown-of-a-busy-one", thread_join(thread) == 0 && busy_ended);
}

static void waits(void *semaphore)
{
    thread_started(NULL);
    semaphore_down(semaphore);
    puts("FAIL shutdown: got the unit");
}

/**
 * A thread that is shut down while it waits takes no unit along, and none is seen that is not
 * there.
 */
static void check_unit(void)
{
    struct semaphore one;

    CHECK("one-unit", semaphore_init(&one, 1) == 0 && semaphore_down(&one) == 0);
    struct thread *thread = create(waits, &one, 0, THREAD_SYNC);
    thread_sleep_us(10000);
    CHECK("waiter-gone", thread_shutdown(thread) == 0 && thread_join(thread) == 0);
    CHECK("still-taken", semaphore_try(&one) == -ERR_EAGAIN);
    semaphore_up(&one);
    CHECK("free-again", semaphore_try(&one) == 0 && semaphore_try(&one) == -ERR_EAGAIN);
    semaphore_up(&one);
    CHECK("free-for-all", semaphore_down(&one) == 0);
    semaphore_destroy(&one);
}

/** One that has ended, and is not joined yet, is not taken for another that came after it. */
static void check_ended(void)
{
    struct thread *ended = create(returns, NULL, 0, 0);
    uint64_t us = 0;

    thread_sleep_us(10000);
    struct thread *other = create(idles, NULL, 0, THREAD_SYNC);
    CHECK("ended-has-no-priority", thread_set_priority(ended, 5) < 0);
    CHECK("ended-has-no-time", thread_cpu_us(ended, &us) < 0);
    thread_shutdown(other);
    CHECK("both-joined", thread_join(ended) == 0 && thread_join(other) == 0);
}

/** H04 */
static void check_sleep(void)
{
    uint64_t start = task_clock_us();
    thread_sleep_us(100000);
    uint64_t slept = task_clock_us() - start;

    printf("asked for 100000 us, slept %lu us\n", (unsigned long)slept);
    CHECK("slept-100-to-110-ms", slept >= 100000 && slept <= 110000);
}

struct datum {
    unsigned key;
    long value, found;
    bool in_stack;
};

static void keeps_datum(void *argument)
{
    struct datum *datum = argument;
    struct thread_info info;

    thread_data_set(datum->key, (void *)datum->value);
    thread_started(NULL);
    semaphore_down(&end);
    datum->found = (long)thread_data_get(datum->key);
    thread_describe(thread_self(), &info);
    datum->in_stack = (uint64_t)&info >= info.stack_start && (uint64_t)&info < info.stack_end;
}

/** H05 */
static void check_data(void)
{
    long key = thread_key_alloc();
    struct datum data[2] = {{.key = (unsigned)key, .value = 11}, {.key = (unsigned)key, .value = 22}};
    struct thread *threads[2];

    for (int i = 0; i < 2; i++)
        threads[i] = create(keeps_datum, &data[i], 0, THREAD_SYNC);
    for (int i = 0; i < 2; i++)
        semaphore_up(&end);
    for (int i = 0; i < 2; i++)
        thread_join(threads[i]);
    CHECK("two-threads-two-values", data[0].found == 11 && data[1].found == 22);
    CHECK("no-value-here", key >= 0 && thread_data_get((unsigned)key) == NULL);
    CHECK("local-in-stack", data[0].in_stack && data[1].in_stack);
    CHECK("key-given-back", thread_key_release((unsigned)key) == 0);
    CHECK("key-gone", thread_data_set((unsigned)key, &handed) == -ERR_EINVAL);
}

/** J09: this thread sleeps, so that both run; the one that waits uses nothing. */
static void check_cpu_time(void)
{
    struct thread *busy = create(spins, NULL, 1, THREAD_SYNC);
    struct thread *idle = create(idles, NULL, 0, THREAD_SYNC);
    uint64_t busy_before = 0, busy_after = 0, idle_before = 0, idle_after = 0;

    thread_sleep_us(10000);
    thread_cpu_us(busy, &busy_before);
    thread_cpu_us(idle, &idle_before);
    thread_sleep_us(200000);
    thread_cpu_us(busy, &busy_after);
    thread_cpu_us(idle, &idle_after);
    printf("in 200 ms: busy %lu us, idle %lu us\n", (unsigned long)(busy_after - busy_before),
           (unsigned long)(idle_after - idle_before));
    CHECK("busy-time-grows", busy_after - busy_before > 100000);
    CHECK("idle-time-does-not", idle_after == idle_before);
    thread_shutdown(busy);
    thread_shutdown(idle);
    CHECK("both-end", thread_join(busy) == 0 && thread_join(idle) == 0);
}

int main(void)
{
    semaphore_init(&never, 0);
    semaphore_init(&end, 0);
    check_start();
    check_end();
    check_unit();
    check_ended();
    check_sleep();
    check_data();
    check_cpu_time();
    check_order();
    check_locks();
    return check_result();
}
