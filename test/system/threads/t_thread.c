/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "../check.h"
#include "../opener.h"
#include "errors/errors.h"
#include "loader/loader.h"
#include "thread/semaphore.h"
#include "thread/thread.h"

enum { WORKERS = 4, ROUNDS = 2000 };

static struct semaphore full, empty, end;
static atomic_int taken;
static volatile uint64_t worker_stack;
static _Thread_local int own = 5;

static struct thread *create(const char *name, void (*entry)(void *), void *argument)
{
    struct thread_request request = {
        .name = name, .entry = entry, .argument = argument, .priority = 9, .stack_size = 32768};
    struct thread *thread = NULL;
    long error = thread_create(&request, &thread);

    if (error)
        printf("FAIL create: %s: %s\n", name, error_text(error));
    return thread;
}

static void waits(void *argument)
{
    worker_stack = (uint64_t)&argument;
    *(int *)argument = own; /* own's first value, in this thread too */
    own = 6;
    semaphore_down(&end);
}

/** H01: as asked; @stay: for ever, so that the scenario can read the kernel's list of threads. */
static void check_create(bool stay)
{
    struct thread_info info;
    int value = 0;

    own = 7;
    semaphore_init(&end, 0);
    struct thread *thread = create("worker", waits, &value);
    thread_sleep_us(10000);
    thread_describe(thread, &info);
    CHECK("name", strcmp(info.name, "worker") == 0);
    CHECK("priority", info.priority == 9);
    CHECK("stack-size", info.stack_end - info.stack_start >= 32768);
    CHECK("stack-range", worker_stack >= info.stack_start && worker_stack < info.stack_end);
    CHECK("thread-local", value == 5 && own == 7);
    CHECK("in-the-list", thread_next(NULL) == thread_self() && thread_next(thread_self()) == thread);
    if (stay) {
        puts("ready for the dump");
        thread_join(thread);
    }
    semaphore_up(&end);
    CHECK("join", thread_join(thread) == 0);
    CHECK("out-of-the-list", thread_next(thread_self()) == NULL);
    CHECK("join-oneself-refused", thread_join(thread_self()) == -ERR_EINVAL);
}

static void take(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        semaphore_down(&full);
        taken++;
        semaphore_up(&empty);
    }
}

/** M01: nothing is lost under load. */
static void check_load(void)
{
    struct thread *workers[WORKERS];

    CHECK("init", semaphore_init(&full, 0) == 0 && semaphore_init(&empty, 3) == 0);
    for (int i = 0; i < WORKERS; i++)
        workers[i] = create("taker", take, NULL);
    for (int i = 0; i < WORKERS * ROUNDS; i++) {
        semaphore_down(&empty);
        semaphore_up(&full);
    }
    for (int i = 0; i < WORKERS; i++)
        thread_join(workers[i]);
    CHECK("all-taken", taken == WORKERS * ROUNDS);
    CHECK("counters-right", full.counter == 0 && empty.counter == 3);
}

static void up_later(void *argument)
{
    thread_sleep_us(50000);
    semaphore_up(argument);
}

/** M01: try and timed. */
static void check_timed(void)
{
    struct semaphore s;
    uint64_t start = task_clock_us();

    semaphore_init(&s, 1);
    CHECK("try", semaphore_try(&s) == 0);
    CHECK("try-none", semaphore_try(&s) == -ERR_EAGAIN);
    CHECK("timed-none", semaphore_down_timed(&s, 30000) == -ERR_EIPC_RETIMEOUT);
    uint64_t waited = task_clock_us() - start;
    CHECK("timed-waits", waited >= 30000 && waited < 60000);
    struct thread *thread = create("later", up_later, &s);
    CHECK("timed-gets", semaphore_down_timed(&s, 1000000) == 0);
    CHECK("timed-not-late", task_clock_us() - start < 300000);
    thread_join(thread);
    CHECK("nothing-left", s.counter == 0 && semaphore_try(&s) == -ERR_EAGAIN);
    semaphore_destroy(&s);
    CHECK("negative-refused", semaphore_init(&s, -1) == -ERR_EINVAL);
}

static void nothing(void *argument)
{
    ++*(int *)argument;
}

/** Slots, stacks and UTCBs come back: more threads than a task can have at a time. */
static void check_many(void)
{
    int count = 0;

    for (int i = 0; i < 100; i++) {
        struct thread *thread = create("short", nothing, &count);
        if (!thread)
            break;
        thread_join(thread);
    }
    CHECK("hundred-in-turn", count == 100);
}

enum { MANY = 1000 };

static atomic_int sum;
static struct thread *many[MANY];

static void add_one(void *argument)
{
    (void)argument;
    sum++;
    semaphore_down(&end);
}

/**
 * H07: all at a time, each adds 1; after the second round the books of all are as after the first,
 * which has left behind the UTCBs and a larger table of regions.
 */
static void check_at_a_time(void)
{
    struct thread_request request = {.name = "one", .entry = add_one, .stack_size = 4096};

    for (int round = 0; round < 2; round++) {
        unsigned count = 0;
        long error = 0;
        sum = 0;
        while (count < MANY && !(error = thread_create(&request, &many[count])))
            count++;
        for (int i = 0; i < 100 && sum < (int)count; i++)
            thread_sleep_us(10000);
        printf("%u threads: %s, sum %d\n", count, error_text(error), sum);
        CHECK("thousand-at-a-time", count == MANY && sum == MANY);
        for (unsigned i = 0; i < count; i++)
            semaphore_up(&end);
        unsigned joined = 0;
        for (unsigned i = 0; i < count; i++)
            joined += thread_join(many[i]) == 0;
        CHECK("all-joined", joined == count && thread_next(thread_self()) == NULL);
        CHECK("books-written", opened_books(round ? "after" : "before"));
    }
}

int main(int argc, char **argv)
{
    (void)argv;
    check_create(argc > 1);
    check_load();
    check_timed();
    check_many();
    check_at_a_time();
    return check_result();
}
