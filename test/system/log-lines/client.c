/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/slots.h>
#include "errors/errors.h"
#include "idl/books.h"
#include "idl/log.h"
#include "idl/names.h"
#include "idl/root.h"
#include "ipc/slots.h"
#include "l4sys/log.h"

/* Waits for the writers, then looks at log itself: rows L01, L02, L03, L08. */

#define WRITERS 8

TEST(writers_finish)
{
    char name[8];

    for (unsigned i = 1; i <= WRITERS; i++) {
        l4_cap_t slot = slots_alloc();
        snprintf(name, sizeof(name), "w%u", i);
        CHECK_EQ(names_query(TASK_CAP_NAMES, name, 60 * 1000 * 1000ull, slot), 0);
        slots_release(slot);
    }
}

TEST(long_line)
{
    char text[201];

    for (unsigned i = 0; i < 200; i++)
        text[i] = (char)('0' + i % 10);
    text[200] = '\n';
    l4_log_write(TASK_CAP_LOG, text, sizeof(text));
}

TEST(session_that_dies_in_a_line)
{
    l4_cap_t session = slots_alloc();

    CHECK_EQ(log_open(TASK_CAP_LOG_BASE, "dying", session), 0);
    l4_log_write(session, "half a", 6);
    slots_release(session);
}

TEST(sessions_come_and_go)
{
    for (unsigned i = 0; i < 600; i++) {
        l4_cap_t session = slots_alloc();
        CHECK(session != 0);
        CHECK_EQ(log_open(TASK_CAP_LOG_BASE, "passing", session), 0);
        slots_release(session);
    }
    CHECK_EQ(books_print(TASK_CAP_LOG_BASE), 0);
}

static const struct unit_test tests[] = {
    T(writers_finish), T(long_line), T(session_that_dies_in_a_line),
    T(sessions_come_and_go),
};

int main(void)
{
    int failed = unit_run(tests, sizeof(tests) / sizeof(tests[0]));

    printf("done: %d failed\n", failed);
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
