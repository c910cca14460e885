/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <l4/error.h>
#include <l4/ops.h>
#include "server/simple_ts/kernel.h"
#include "server/simple_ts/schedule.h"
#include "server/simple_ts/tasks.h"
#include "unit.h"

/* The task table on a pretended kernel that counts objects and can fail at each step. */

static struct {
    unsigned slots, objects;        /* in use */
    unsigned step, fail_at;         /* the fail_at-th operation fails */
    unsigned triggered, released;
    bool slot_used[64], object[64];
} machine;

static struct ts_tasks tasks;

static bool fails(void)
{
    return ++machine.step == machine.fail_at;
}

l4_cap_t kernel_slot(void)
{
    if (fails())
        return 0;
    for (unsigned i = 1; i < 64; i++)
        if (!machine.slot_used[i]) {
            machine.slot_used[i] = true;
            machine.slots++;
            return l4_cap(i);
        }
    return 0;
}

void kernel_slot_free(l4_cap_t slot)
{
    machine.slot_used[l4_cap_index(slot)] = false;
    machine.slots--;
}

static long make_object(l4_cap_t target)
{
    if (fails())
        return -L4_ENOMEM;
    machine.object[l4_cap_index(target)] = true;
    machine.objects++;
    return 0;
}

long kernel_factory(l4_cap_t target, uint64_t quota)
{
    (void)quota;
    return make_object(target);
}

long kernel_task(l4_cap_t factory, l4_cap_t target)
{
    return machine.object[l4_cap_index(factory)] ? make_object(target) : -L4_EINVAL;
}

long kernel_thread(l4_cap_t factory, l4_cap_t target)
{
    return machine.object[l4_cap_index(factory)] ? make_object(target) : -L4_EINVAL;
}

long kernel_bind(l4_cap_t thread, l4_cap_t task)
{
    bool both = machine.object[l4_cap_index(thread)] && machine.object[l4_cap_index(task)];

    return fails() || !both ? -L4_EINVAL : 0;
}

void kernel_name(l4_cap_t task, l4_cap_t thread, const char *name)
{
    (void)task;
    (void)thread;
    (void)name;
}

void kernel_delete(l4_cap_t slot)
{
    if (machine.object[l4_cap_index(slot)]) {
        machine.object[l4_cap_index(slot)] = false;
        machine.objects--;
    }
}

void kernel_release(l4_cap_t slot)
{
    machine.released += slot != 0;
}

void kernel_trigger(l4_cap_t irq)
{
    (void)irq;
    machine.triggered++;
}

static void fresh(void)
{
    memset(&machine, 0, sizeof(machine));
    memset(&tasks, 0, sizeof(tasks));
}

static const struct ts_wish wish = {"hello", 1 << 20, 10};
static const l4_cap_t irq = 99ull << L4_CAP_SHIFT;

TEST(makes_and_forgets)
{
    struct ts_task *task = NULL;

    fresh();
    CHECK_EQ(task_make(&tasks, &wish, irq, &task), 0);
    CHECK_EQ(machine.objects, 3);
    CHECK_EQ(machine.slots, 3);
    CHECK_EQ(task->state, TS_RUNNING);
    CHECK_EQ(task->id, 1);
    task_forget(task);
    CHECK_EQ(machine.objects, 0);
    CHECK_EQ(machine.slots, 0);
    CHECK_EQ(machine.released, 1);
    CHECK_EQ(task->state, TS_FREE);
}

TEST(failure_at_any_step_leaves_nothing)
{
    struct ts_task *task = NULL;
    unsigned step = 1;
    long result;

    for (;; step++) {
        fresh();
        machine.fail_at = step;
        result = task_make(&tasks, &wish, irq, &task);
        if (result == 0)
            break;
        CHECK_EQ(machine.objects, 0);
        CHECK_EQ(machine.slots, 0);
        CHECK_EQ(machine.released, 0); /* the interrupt is still the caller's */
        CHECK_EQ(machine.triggered, 0);
        for (unsigned i = 0; i < TASKS_MAX; i++)
            CHECK_EQ(tasks.table[i].state, TS_FREE);
    }
    CHECK_EQ(step, 8); /* three slots, three objects, one bind: seven ways to fail */
}

TEST(exit_code_is_kept_until_forgotten)
{
    struct ts_task *task = NULL;

    fresh();
    CHECK_EQ(task_make(&tasks, &wish, irq, &task), 0);
    task_end(task, TS_EXITED, -3);
    CHECK_EQ(machine.objects, 0);
    CHECK_EQ(machine.slots, 0);
    CHECK_EQ(machine.triggered, 1);
    CHECK_EQ(task->state, TS_EXITED);
    CHECK_EQ(task->code, -3);
    task_end(task, TS_KILLED, 0); /* too late */
    CHECK_EQ(task->state, TS_EXITED);
    CHECK_EQ(task->code, -3);
    task_forget(task);
    CHECK_EQ(machine.triggered, 1);
    CHECK_EQ(machine.released, 1);
}

TEST(kill_has_no_code)
{
    struct ts_task *task = NULL;

    fresh();
    CHECK_EQ(task_make(&tasks, &wish, irq, &task), 0);
    task_end(task, TS_KILLED, 77);
    CHECK_EQ(task->state, TS_KILLED);
    CHECK_EQ(task->code, 0);
}

TEST(wishes_are_checked)
{
    struct ts_task *task = NULL;
    struct ts_wish wrong = wish;

    fresh();
    wrong.name = "";
    CHECK_EQ(task_make(&tasks, &wrong, irq, &task), -L4_EINVAL);
    wrong = wish;
    wrong.quota = TASK_QUOTA_MIN - 1;
    CHECK_EQ(task_make(&tasks, &wrong, irq, &task), -L4_EINVAL);
    wrong = wish;
    wrong.mcp = 0;
    CHECK_EQ(task_make(&tasks, &wrong, irq, &task), -L4_EINVAL);
    wrong.mcp = 1000;
    CHECK_EQ(task_make(&tasks, &wrong, irq, &task), 0);
    CHECK_EQ(task->mcp, 255);
}

TEST(numbers_wrap_without_a_clash)
{
    struct ts_task *first = NULL, *second = NULL, *third = NULL;

    fresh();
    CHECK_EQ(task_make(&tasks, &wish, 0, &first), 0);
    tasks.last_id = UINT32_MAX - 1;
    CHECK_EQ(task_make(&tasks, &wish, 0, &second), 0);
    CHECK_EQ(second->id, UINT32_MAX);
    CHECK_EQ(task_make(&tasks, &wish, 0, &third), 0);
    CHECK_EQ(third->id, 2); /* 0 is no number, 1 is in use */
}

/* T04: of a task that never ran the number is given out again, when all others have been. */
TEST(a_number_without_a_start_comes_again)
{
    struct ts_task *first = NULL, *again = NULL;

    fresh();
    CHECK_EQ(task_make(&tasks, &wish, 0, &first), 0);
    CHECK_EQ(first->id, 1);
    task_forget(first);
    CHECK_EQ(task_make(&tasks, &wish, 0, &again), 0);
    CHECK_EQ(again->id, 2); /* as late as possible: who still asks for the first one gets no other */
    tasks.last_id = UINT32_MAX;
    CHECK_EQ(task_make(&tasks, &wish, 0, &first), 0);
    CHECK_EQ(first->id, 1);
}

TEST(table_is_bounded)
{
    struct ts_task *task = NULL;

    fresh();
    for (unsigned i = 0; i < TASKS_MAX; i++) {
        tasks.table[i].state = TS_EXITED;
        tasks.table[i].id = i + 1;
    }
    CHECK_EQ(task_make(&tasks, &wish, irq, &task), -L4_ENOSPC);
    task_forget(&tasks.table[5]);
    CHECK_EQ(task_make(&tasks, &wish, irq, &task), 0);
    CHECK(task == &tasks.table[5]);
    CHECK_EQ(task->id, 6); /* the only one that is not in use below the bound */
}

TEST(priority_is_capped)
{
    uint64_t mr[8] = {L4_SCHED_RUN_THREAD, 0xff000000, 1, 200, 0};

    CHECK_EQ(schedule_cap(mr, 5, 1, 100), 0);
    CHECK_EQ(mr[3], 100);
    mr[3] = 7;
    CHECK_EQ(schedule_cap(mr, 5, 1, 100), 0);
    CHECK_EQ(mr[3], 7);
    mr[3] = 0;
    CHECK_EQ(schedule_cap(mr, 5, 1, 100), -L4_EINVAL);
    mr[3] = (uint64_t)-1; /* extended class */
    CHECK_EQ(schedule_cap(mr, 5, 1, 100), -L4_EINVAL);
    mr[3] = 5;
    CHECK_EQ(schedule_cap(mr, 4, 1, 100), -L4_EMSGTOOSHORT);
    CHECK_EQ(schedule_cap(mr, 7, 1, 100), -L4_EMSGTOOLONG);
    CHECK_EQ(schedule_cap(mr, 5, 0, 100), -L4_EMSGMISSARG);
    CHECK_EQ(schedule_cap(mr, 0, 0, 100), -L4_EMSGTOOSHORT);
    mr[0] = 0x10001;
    CHECK_EQ(schedule_cap(mr, 5, 1, 100), -L4_ENOSYS);
    mr[0] = L4_SCHED_INFO;
    CHECK(schedule_is_query(mr, 2, 0));
    CHECK(!schedule_is_query(mr, 2, 1));
    CHECK(!schedule_is_query(mr, 1, 0));
}

TEST(books_show_what_is_held)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    struct ts_task *hello = NULL, *again = NULL, *a = NULL;
    struct ts_wish other = {"a b", 65536, 1};

    fresh();
    CHECK_EQ(task_make(&tasks, &wish, 0, &hello), 0);
    CHECK_EQ(task_make(&tasks, &wish, 0, &again), 0);
    CHECK_EQ(task_make(&tasks, &other, 0, &a), 0);
    task_end(hello, TS_EXITED, 1);
    tasks_books(&tasks, file);
    fclose(file);
    CHECK_STR(text, "books simple_ts a.b/3 quota 65536 0\nbooks simple_ts a.b/3 task 1 0\n"
                    "books simple_ts hello/1 ended 1 0\n"
                    "books simple_ts hello/2 quota 1048576 0\nbooks simple_ts hello/2 task 1 0\n");
    free(text);
}

UNIT_MAIN(T(makes_and_forgets), T(failure_at_any_step_leaves_nothing),
          T(exit_code_is_kept_until_forgotten), T(kill_has_no_code), T(wishes_are_checked),
          T(numbers_wrap_without_a_clash), T(a_number_without_a_start_comes_again),
          T(table_is_bounded), T(priority_is_capped),
          T(books_show_what_is_held))
