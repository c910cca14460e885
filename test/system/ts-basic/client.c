/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/slots.h>
#include "child.h"
#include "errors/errors.h"
#include "idl/books.h"
#include "idl/log.h"
#include "idl/names.h"
#include "idl/root.h"
#include "idl/ts.h"
#include "idl/ts_control.h"
#include "ipc/slots.h"
#include "l4sys/clock.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "libc/server/server.h"

/* What the maker of tasks sees: rows T01, T03, T06, T08. Each test leaves nothing behind. */

#define QUOTA   (1024 * 1024)
#define MY_PRIORITY 150

static struct child child;

static long status(int32_t *code)
{
    uint32_t state = 99;
    long result = ts_control_status(child.control, &state, code);

    return result < 0 ? result : (long)state;
}

/* Keeps the processor for @us microseconds: nobody of lower priority runs. */
static void be_busy(uint64_t us)
{
    uint64_t end = l4_clock_us(libc_kip()) + us;

    while (l4_clock_us(libc_kip()) < end)
        ;
}

TEST(runs_only_when_started_and_exits)
{
    int32_t code = 0;

    child_counter = 0;
    CHECK_EQ(child_make(&child, QUOTA, 100), 0);
    CHECK(child.id > 0);
    CHECK(!child_ended(20000));
    CHECK_EQ(status(&code), TS_CONTROL_RUNNING);
    CHECK_EQ(child_start(&child, child_exit_three, 50), 0);
    CHECK(child_ended(5000000));
    CHECK_EQ(status(&code), TS_CONTROL_EXITED);
    CHECK_EQ(code, 3);
    CHECK_EQ(child_counter, 0); /* exit has not returned */
    CHECK(!l4_cap_valid(child.task));
    CHECK(!l4_cap_valid(child.thread));
    child_release(&child);
}

TEST(killed_on_return)
{
    uint64_t counted;
    int32_t code = 1;

    child_counter = 0;
    CHECK_EQ(child_make(&child, QUOTA, 100), 0);
    CHECK_EQ(child_start(&child, child_spin, 50), 0);
    l4_sleep_us(20000);
    CHECK(child_counter > 0);
    CHECK_EQ(ts_control_kill(child.control), 0);
    CHECK(!l4_cap_valid(child.task));
    counted = child_counter;
    l4_sleep_us(20000);
    CHECK_EQ(child_counter, counted);
    CHECK_EQ(status(&code), TS_CONTROL_KILLED);
    CHECK_EQ(code, 0);
    CHECK(child_ended(1000000));
    child_release(&child);
}

TEST(control_gate_holds_it)
{
    uint64_t counted;

    child_counter = 0;
    CHECK_EQ(child_make(&child, QUOTA, 100), 0);
    CHECK_EQ(child_start(&child, child_spin, 50), 0);
    l4_sleep_us(20000);
    CHECK(child_counter > 0);
    slots_release(child.control);
    child.control = 0;
    l4_sleep_us(20000);
    counted = child_counter;
    l4_sleep_us(20000);
    CHECK_EQ(child_counter, counted);
    CHECK(!l4_cap_valid(child.task));
    CHECK(child_ended(1000000));
    child_release(&child);
}

TEST(priority_stays_below_the_cap)
{
    child_counter = 0;
    CHECK_EQ(child_make(&child, QUOTA, 100), 0);
    CHECK_EQ(child_start(&child, child_spin, 250), 0);
    be_busy(50000);
    CHECK_EQ(child_counter, 0); /* with 250 it would have run */
    l4_sleep_us(20000);
    CHECK(child_counter > 0);
    CHECK_EQ(ts_control_kill(child.control), 0);
    CHECK(child_ended(1000000));
    child_release(&child);
}

TEST(only_the_task_server_deletes)
{
    uint64_t counted;

    child_counter = 0;
    CHECK_EQ(child_make(&child, QUOTA, 100), 0);
    CHECK_EQ(child_start(&child, child_spin, 50), 0);
    l4_cap_delete(child.task); /* we have no D: only our capability goes */
    l4_cap_delete(child.thread);
    l4_cap_delete(child.factory);
    l4_sleep_us(20000);
    counted = child_counter;
    l4_sleep_us(20000);
    CHECK(child_counter > counted);
    CHECK_EQ(ts_control_kill(child.control), 0);
    CHECK(child_ended(1000000));
    child_release(&child);
}

/* Sessions at log and names that the child alone holds, as a task that the loader starts. */
static long make_known_child(void)
{
    l4_cap_t names = slots_alloc(), log = slots_alloc();
    long result = child_make(&child, QUOTA, 100);

    if (result == 0)
        result = names_open(TASK_CAP_NAMES_BASE, "child", names);
    if (result == 0)
        result = log_open(TASK_CAP_LOG_BASE, "child", log);
    if (result == 0)
        result = child_give(&child, names, TASK_CAP_NAMES);
    if (result == 0)
        result = child_give(&child, log, TASK_CAP_LOG);
    if (result == 0)
        result = child_give(&child, child.thread, TASK_CAP_THREAD);
    slots_release(names);
    slots_release(log);
    return result;
}

TEST(killed_task_leaves_no_name_and_no_half_line)
{
    l4_cap_t found = slots_alloc();

    CHECK_EQ(make_known_child(), 0);
    CHECK_EQ(child_start(&child, child_known, 50), 0);
    CHECK_EQ(names_query(TASK_CAP_NAMES, "CHILD", 5000000, found), 0);
    slots_release(found);
    found = slots_alloc();
    CHECK_EQ(ts_control_kill(child.control), 0);
    CHECK_EQ(names_query(TASK_CAP_NAMES, "CHILD", 0, found), -ERR_ENOENT);
    CHECK(child_ended(1000000));
    child_release(&child);
    slots_free(found);
    CHECK_EQ(books_print(TASK_CAP_NAMES_BASE), 0);
    CHECK_EQ(books_print(TASK_CAP_LOG_BASE), 0);
}

TEST(refused_wishes)
{
    l4_cap_t base = child_base, weak = slots_alloc();

    CHECK_EQ(child_make(&child, 1ull << 40, 100), -ERR_ENOMEM);
    child_release(&child);
    CHECK_EQ(child_make(&child, 1, 100), -ERR_EINVAL);
    child_release(&child);
    CHECK_EQ(child_make(&child, QUOTA, 0), -ERR_EINVAL);
    child_release(&child);
    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, child_base, weak, L4_CAP_RW), 0);
    child_base = weak;
    CHECK_EQ(child_make(&child, QUOTA, 100), -ERR_EPERM);
    child_base = base;
    child_release(&child);
    slots_release(weak);
}

TEST(quota_comes_back)
{
    for (unsigned i = 0; i < 300; i++) {
        CHECK_EQ(child_make(&child, QUOTA, 100), 0);
        CHECK_EQ(ts_control_kill(child.control), 0);
        child_release(&child);
    }
    CHECK(child_ended(1000000)); /* all triggers are one */
    CHECK_EQ(books_print(child_base), 0);
}

static const struct unit_test tests[] = {
    T(runs_only_when_started_and_exits), T(killed_on_return), T(control_gate_holds_it),
    T(priority_stays_below_the_cap), T(only_the_task_server_deletes), T(killed_task_leaves_no_name_and_no_half_line),
    T(refused_wishes),
    T(quota_comes_back),
};

static long start(void)
{
    long result = l4_scheduler_run(TASK_CAP_SCHEDULER, TASK_CAP_THREAD, MY_PRIORITY);

    return result < 0 ? result : child_connect(0x1000);
}

int main(void)
{
    long result = start();
    int failed = 1;

    if (result < 0)
        printf("FAIL start: %s\n", error_text(result));
    else
        failed = unit_run(tests, sizeof(tests) / sizeof(tests[0]));
    printf("done: %d failed\n", failed);
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
