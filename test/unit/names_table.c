/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include "server/names/table.h"
#include "server/names/waiters.h"
#include "unit.h"

/* Table and waiters of the name server: rows N01, N02, N04, N05, N08. */

#define MANY 10000
static struct entry entries[MANY];
static uint16_t sorted[MANY];
static struct table table;

static long add(const char *name, const char *owner)
{
    struct entry new = {.slot = l4_cap(7)};

    snprintf(new.name, sizeof(new.name), "%s", name);
    snprintf(new.owner, sizeof(new.owner), "%s", owner);
    return table_add(&table, &new);
}

static void fresh(unsigned max)
{
    table_init(&table, entries, sorted, max);
}

TEST(found_under_its_name_only_once)
{
    fresh(4);
    CHECK_EQ(add("EXEC", "exec"), 0);
    CHECK_EQ(add("EXEC", "other"), -L4_EEXIST);
    CHECK(table_find(&table, "EXEC"));
    CHECK_STR(table_find(&table, "EXEC")->owner, "exec");
    CHECK(!table_find(&table, "EXE"));
    CHECK(!table_find(&table, "EXECX"));
    table_remove(&table, table_find(&table, "EXEC"));
    CHECK(!table_find(&table, "EXEC"));
    CHECK_EQ(add("EXEC", "other"), 0);
}

TEST(names_are_checked)
{
    char longest[34];

    memset(longest, 'n', 33);
    longest[33] = 0;
    CHECK(!name_valid(longest));
    longest[32] = 0;
    CHECK(name_valid(longest));
    CHECK(!name_valid(""));
    CHECK(!name_valid("two words"));
    CHECK(!name_valid("line\nbreak"));
    fresh(4);
    CHECK_EQ(add("", "x"), -L4_EINVAL);
}

TEST(full_table_refuses_and_recovers)
{
    fresh(2);
    CHECK_EQ(add("a", "x"), 0);
    CHECK_EQ(add("b", "x"), 0);
    CHECK_EQ(add("c", "x"), -L4_ENOSPC);
    CHECK_EQ(add("b", "x"), -L4_EEXIST);
    table_remove(&table, table_find(&table, "a"));
    CHECK_EQ(add("c", "x"), 0);
    CHECK_STR(table_at(&table, 0)->name, "b");
    CHECK_STR(table_at(&table, 1)->name, "c");
}

TEST(ten_thousand_names_stay_sorted)
{
    char name[33];
    uint32_t number = 1;

    fresh(MANY);
    for (unsigned i = 0; i < MANY; i++) {
        number = number * 1664525u + 1013904223u;
        snprintf(name, sizeof(name), "n%08x", number);
        CHECK_EQ(add(name, "many"), 0);
    }
    CHECK_EQ(add("one-more", "many"), -L4_ENOSPC);
    for (unsigned i = 1; i < MANY; i++)
        CHECK(strcmp(table_at(&table, i - 1)->name, table_at(&table, i)->name) < 0);
    for (unsigned i = 0; i < MANY; i += 2)
        table_remove(&table, table_at(&table, i / 2));
    CHECK_EQ(table.count, MANY / 2);
    for (unsigned i = 1; i < table.count; i++)
        CHECK(strcmp(table_at(&table, i - 1)->name, table_at(&table, i)->name) < 0);
    for (unsigned i = 0; i < table.count; i++)
        CHECK(table_find(&table, table_at(&table, i)->name) == table_at(&table, i));
}

TEST(deadlines)
{
    CHECK_EQ(wait_deadline(1000, 500), 1500);
    CHECK(wait_deadline(1000, ~0ull) == WAIT_FOR_EVER);
    CHECK(wait_deadline(1000, ~0ull - 999) == WAIT_FOR_EVER);
}

static struct waiter *wait_for(struct waiters *waiters, const void *session, const char *name,
                               uint64_t deadline)
{
    struct waiter *w = waiters_add(waiters, session);

    if (w) {
        snprintf(w->name, sizeof(w->name), "%s", name);
        w->deadline_us = deadline;
    }
    return w;
}

TEST(waiters_by_name_session_and_time)
{
    static struct waiters waiters;
    int a = 0, b = 0;
    struct waiter *first = wait_for(&waiters, &a, "X", 900);
    struct waiter *second = wait_for(&waiters, &b, "Y", WAIT_FOR_EVER);
    struct waiter *third = wait_for(&waiters, &b, "X", 500);

    CHECK_EQ(waiters_deadline(&waiters), 500);
    CHECK(waiters_find(&waiters, &(struct wanted){.until_us = 500}) == third);
    CHECK(!waiters_find(&waiters, &(struct wanted){.until_us = 499}));
    CHECK(waiters_find(&waiters, &(struct wanted){.name = "Y"}) == second);
    CHECK(waiters_find(&waiters, &(struct wanted){.session = &a}) == first);
    third->waiting = false;
    CHECK_EQ(waiters_deadline(&waiters), 900);
    first->waiting = false;
    CHECK_EQ(waiters_deadline(&waiters), 0);
    CHECK_EQ(waiters_count(&waiters, NULL), 1);
}

TEST(no_session_takes_all_places)
{
    static struct waiters waiters;
    static int sessions[WAITERS_MAX];
    unsigned total = 0;

    while (wait_for(&waiters, &sessions[0], "N", 1))
        total++;
    CHECK_EQ(total, WAITERS_OF_SESSION);
    for (unsigned i = 1; i < WAITERS_MAX; i++)
        total += wait_for(&waiters, &sessions[i], "N", 1) != NULL;
    CHECK_EQ(total, WAITERS_MAX);
}

UNIT_MAIN(T(found_under_its_name_only_once), T(names_are_checked),
          T(full_table_refuses_and_recovers), T(ten_thousand_names_stay_sorted),
          T(deadlines), T(waiters_by_name_session_and_time), T(no_session_takes_all_places))
