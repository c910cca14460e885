/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <task/slots.h>
#include "errors/errors.h"
#include "idl/books.h"
#include "idl/names.h"
#include "idl/root.h"
#include "ipc/slots.h"
#include "l4sys/clock.h"
#include "l4sys/task.h"
#include "libc/server/server.h"

/*
 * What a client of names sees: rows N01, N02, N04, N06, N07, and its table on the running system.
 */

#define SECOND 1000000ull
#define MANY 500

static l4_cap_t early, late, weak; /* EARLY, LATE; our session without S */

/* Calls the partner with @word: its answer, or a negative error. */
static long reach(l4_cap_t service, uint64_t word)
{
    l4_msgtag_t tag;

    l4_receive_nothing();
    l4_utcb()->mr[0] = word;
    tag = l4_ipc_call(service, l4_msgtag(L4_PROTO_NONE, 1, 0, 0), L4_NEVER);
    return l4_msgtag_has_error(tag) ? l4_result(tag) : (long)l4_utcb()->mr[0];
}

static uint64_t now(void)
{
    return l4_clock_us(libc_kip());
}

TEST(look_up_and_reach)
{
    CHECK_EQ(names_query(TASK_CAP_NAMES, "EARLY", 5 * SECOND, early), 0);
    CHECK_EQ(reach(early, 7), 8);
}

TEST(wait_for_a_later_name)
{
    uint64_t start = now();

    CHECK_EQ(names_query(TASK_CAP_NAMES, "LATE", 10 * SECOND, late), 0);
    CHECK(now() - start < 2 * SECOND);
    CHECK(now() - start > SECOND / 10); /* it was not there yet */
    CHECK_EQ(reach(late, 1), 2);
}

TEST(missing_name_fails_in_time)
{
    uint64_t start = now(), taken;

    CHECK_EQ(names_query(TASK_CAP_NAMES, "MISSING", 300000, weak), -ERR_ENOENT);
    taken = now() - start;
    CHECK(taken >= 300000 && taken <= 320000);
    CHECK_EQ(names_query(TASK_CAP_NAMES, "MISSING", 0, weak), -ERR_ENOENT);
}

TEST(a_name_only_once)
{
    CHECK_EQ(names_register(TASK_CAP_NAMES, "EARLY", TASK_CAP_THREAD), -ERR_EEXIST);
    CHECK_EQ(names_unregister(TASK_CAP_NAMES, "EARLY"), -ERR_EPERM);
}

TEST(a_name_goes_with_its_service)
{
    CHECK_EQ(reach(early, 99), 100);
    CHECK_EQ(reach(late, 1), -ERR_EIPC_ENOT_EXISTENT);
    slots_free(late);
    late = slots_alloc();
    CHECK_EQ(names_query(TASK_CAP_NAMES, "LATE", 0, late), -ERR_ENOENT);
}

TEST(names_go_with_their_session)
{
    l4_cap_t session = slots_alloc(), got = slots_alloc();

    CHECK_EQ(names_open(TASK_CAP_NAMES_BASE, "second", session), 0);
    CHECK_EQ(names_register(session, "MINE", TASK_CAP_THREAD), 0);
    CHECK_EQ(names_query(TASK_CAP_NAMES, "MINE", 0, got), 0);
    slots_release(got);
    slots_release(session);
    got = slots_alloc();
    CHECK_EQ(names_query(TASK_CAP_NAMES, "MINE", 0, got), -ERR_ENOENT);
    slots_free(got);
}

TEST(rights_of_a_session)
{
    l4_cap_t base = slots_alloc(), session = slots_alloc();

    CHECK_EQ(l4_task_map_cap(TASK_CAP_TASK, TASK_CAP_NAMES, weak, L4_CAP_RW), 0);
    CHECK_EQ(names_register(weak, "WEAK", TASK_CAP_THREAD), -ERR_EPERM);
    CHECK_EQ(names_query(weak, "NAMES", 0, base), 0); /* without S, therefore: */
    CHECK_EQ(names_open(base, "x", session), -ERR_EPERM);
    slots_release(base);
    base = slots_alloc();
    CHECK_EQ(names_query(TASK_CAP_NAMES, "NAMES", 0, base), 0);
    CHECK_EQ(names_open(base, "x", session), 0);
    slots_release(session);
    slots_release(base);
}

TEST(long_names_are_refused)
{
    CHECK_EQ(names_register(TASK_CAP_NAMES, "0123456789012345678901234567890123", TASK_CAP_THREAD),
             -ERR_ENAMETOOLONG);
    CHECK_EQ(names_register(TASK_CAP_NAMES, "01234567890123456789012345678901", TASK_CAP_THREAD), 0);
    CHECK_EQ(names_unregister(TASK_CAP_NAMES, "01234567890123456789012345678901"), 0);
}

TEST(many_names_sorted)
{
    struct names_entry entries[4];
    uint32_t total, count, seen = 0;
    char name[16], last[33] = "";

    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "n%u", i * 7919 % MANY);
        CHECK_EQ(names_register(TASK_CAP_NAMES, name, TASK_CAP_THREAD), 0);
    }
    do {
        CHECK_EQ(names_list(TASK_CAP_NAMES, seen, &total, entries, &count), 0);
        for (uint32_t i = 0; i < count; i++, seen++) {
            CHECK(strcmp(last, entries[i].name) < 0);
            strcpy(last, entries[i].name);
        }
    } while (count > 0);
    CHECK_EQ(seen, total);
    CHECK(total >= MANY + 3); /* LOG, NAMES, EARLY */
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "n%u", i);
        CHECK_EQ(names_unregister(TASK_CAP_NAMES, name), 0);
    }
}

TEST(sessions_come_and_go)
{
    for (unsigned i = 0; i < 600; i++) {
        l4_cap_t session = slots_alloc();
        CHECK_EQ(names_open(TASK_CAP_NAMES_BASE, "passing", session), 0);
        CHECK_EQ(names_register(session, "PASSING", TASK_CAP_THREAD), 0);
        slots_release(session);
    }
    CHECK_EQ(books_print(TASK_CAP_NAMES_BASE), 0);
}

static const struct unit_test tests[] = {
    T(look_up_and_reach), T(wait_for_a_later_name), T(missing_name_fails_in_time),
    T(a_name_only_once), T(a_name_goes_with_its_service), T(names_go_with_their_session),
    T(rights_of_a_session), T(long_names_are_refused), T(many_names_sorted),
    T(sessions_come_and_go),
};

int main(void)
{
    int failed;

    early = slots_alloc();
    late = slots_alloc();
    weak = slots_alloc();
    failed = unit_run(tests, sizeof(tests) / sizeof(tests[0]));
    printf("done: %d failed\n", failed);
    return (int)root_shutdown(TASK_CAP_PAGER, failed);
}
