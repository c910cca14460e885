/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "errors/errors.h"
#include "idl/books.h"
#include "idl/names.h"
#include "server/names/sessions.h"
#include "test/unit/idl/kernel.h"

/* The name server by messages, on the pretended kernel: rows N01 to N04, N06, N07. */

#define A (&fake_clients[0])
#define B (&fake_clients[1])
#define BASE    l4_cap(5)
#define SESSION l4_cap(6)
#define SERVICE l4_cap(7) /* a service of A's, or what B was given */
#define OBJECTS 16

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[8];
static struct ipc_server server = {
    .name = "names", .objects = objects, .object_count = OBJECTS,
    .replies = replies, .reply_count = 8, .tick = names_tick};
static unsigned free_slots;

/* A has a session with S and a service, B one without S. */
static void start(void)
{
    struct ipc_object *base = fake_start(&server, &names_base_kind);

    names_init();
    free_slots = slots_left();
    fake_give(base->gate, A, BASE, L4_CAP_RWS);
    fake_enter(A);
    names_open(BASE, "a", SESSION);
    names_open(BASE, "b client", SERVICE);
    struct fake_cap *session = fake_slot(A, SERVICE);
    *fake_slot(B, SESSION) = (struct fake_cap){session->object, L4_CAP_RW, false};
    *session = (struct fake_cap){0};
    fake_make(A, SERVICE, L4_CAP_RWSD);
}

static bool b_has(l4_cap_t slot)
{
    return fake_slot(B, slot)->object == fake_slot(A, SERVICE)->object;
}

TEST(register_and_look_up)
{
    start();
    CHECK_EQ(names_register(SESSION, "A", SERVICE), 0);
    CHECK_EQ(names_register(SESSION, "A", SERVICE), -ERR_EEXIST);
    fake_enter(B);
    CHECK_EQ(names_query(SESSION, "A", 0, SERVICE), 0);
    CHECK(b_has(SERVICE));
    CHECK(!(fake_slot(B, SERVICE)->rights & L4_CAP_D));
    CHECK_EQ(names_query(SESSION, "B", 0, l4_cap(8)), -ERR_ENOENT);
    CHECK_EQ(names_query(SESSION, "", 0, l4_cap(8)), -ERR_EINVAL);
}

TEST(names_keeps_nothing_alive)
{
    start();
    CHECK_EQ(names_register(SESSION, "A", SERVICE), 0);
    fake_drop(A, SERVICE);
    CHECK_EQ(names_query(SESSION, "A", 0, l4_cap(8)), -ERR_ENOENT);
    fake_make(A, SERVICE, L4_CAP_RWS);
    CHECK_EQ(names_register(SESSION, "A", SERVICE), 0); /* the name is free again */
}

TEST(who_may_what)
{
    start();
    CHECK_EQ(names_register(SESSION, "A", SERVICE), 0);
    CHECK_EQ(names_register(BASE, "B", SERVICE), -ERR_ENOSYS);
    CHECK_EQ(names_open(SESSION, "x", l4_cap(8)), -ERR_ENOSYS);
    fake_make(B, l4_cap(9), L4_CAP_RWS);
    fake_enter(B);
    CHECK_EQ(names_register(SESSION, "B", l4_cap(9)), -ERR_EPERM);
    CHECK_EQ(names_unregister(SESSION, "A"), -ERR_EPERM);
    CHECK_EQ(names_unregister(SESSION, "B"), -ERR_ENOENT);
    fake_enter(A);
    CHECK_EQ(names_unregister(SESSION, "A"), 0);
    CHECK_EQ(names_unregister(SESSION, "A"), -ERR_ENOENT);
}

TEST(names_are_refused_not_cut)
{
    start();
    CHECK_EQ(names_register(SESSION, "", SERVICE), -ERR_EINVAL);
    CHECK_EQ(names_register(SESSION, "a b", SERVICE), -ERR_EINVAL);
    CHECK_EQ(names_register(SESSION, "0123456789012345678901234567890123", SERVICE),
             -ERR_ENAMETOOLONG);
}

static void a_registers(void)
{
    struct fake_task *before = fake_enter(A);

    names_register(SESSION, "LATE", SERVICE);
    fake_enter(before);
}

TEST(waits_until_the_name_appears)
{
    start();
    fake_enter(B);
    fake_idle = a_registers;
    unsigned waits = fake_waits;
    CHECK_EQ(names_query(SESSION, "LATE", ~0ull, SERVICE), 0);
    CHECK(b_has(SERVICE));
    CHECK(fake_waits - waits <= 6); /* N03: one message each, and no polling */
}

TEST(waits_no_longer_than_asked)
{
    uint64_t before;

    start();
    fake_enter(B);
    before = fake_clock;
    CHECK_EQ(names_query(SESSION, "NEVER", 250000, SERVICE), -ERR_ENOENT);
    CHECK_EQ(fake_clock - before, 250000);
    CHECK_EQ(server.deadline_us, 0);
    for (unsigned i = 0; i < 20; i++) /* its place is free again */
        CHECK_EQ(names_query(SESSION, "NEVER", 1, SERVICE), -ERR_ENOENT);
}

TEST(waiting_callers_are_bounded)
{
    start();
    fake_enter(B);
    for (unsigned i = 0; i < 7; i++) /* they give up, but names does not know */
        CHECK_EQ(names_query(SESSION, "NEVER", ~0ull, SERVICE), -(L4_EIPC + L4_IPC_RETIMEOUT));
    CHECK_EQ(names_query(SESSION, "NEVER", ~0ull, SERVICE), -ERR_EAGAIN);
    fake_drop(B, SESSION); /* ... until their session is gone */
    fake_run();
    fake_enter(A);
    CHECK_EQ(names_query(SESSION, "NEVER", 1000, l4_cap(8)), -ERR_ENOENT);
}

TEST(entries_vanish_with_their_session)
{
    start();
    CHECK_EQ(names_register(SESSION, "ONE", SERVICE), 0);
    CHECK_EQ(names_register(SESSION, "TWO", SERVICE), 0);
    fake_drop(A, SESSION);
    fake_run();
    fake_enter(B);
    CHECK_EQ(names_query(SESSION, "ONE", 0, SERVICE), -ERR_ENOENT);
    CHECK_EQ(names_query(SESSION, "TWO", 0, SERVICE), -ERR_ENOENT);
    fake_drop(B, SESSION);
    fake_run();
    CHECK_EQ(slots_left(), free_slots);
}

TEST(list_is_sorted)
{
    static const char *const names[] = {"F", "B", "A", "E", "C", "D"};
    struct names_entry entries[4];
    uint32_t total, count;

    start();
    for (unsigned i = 0; i < 6; i++)
        CHECK_EQ(names_register(SESSION, names[i], SERVICE), 0);
    CHECK_EQ(names_list(SESSION, 0, &total, entries, &count), 0);
    CHECK(total == 6 && count == 4);
    CHECK_STR(entries[0].name, "A");
    CHECK_STR(entries[3].name, "D");
    CHECK_STR(entries[3].owner, "a");
    CHECK_EQ(names_list(SESSION, 4, &total, entries, &count), 0);
    CHECK(total == 6 && count == 2);
    CHECK_STR(entries[1].name, "F");
    CHECK_EQ(names_list(SESSION, 4000000000u, &total, entries, &count), 0);
    CHECK_EQ(count, 0);
    fake_drop(A, SERVICE);
    CHECK_EQ(names_list(SESSION, 0, &total, entries, &count), 0);
    CHECK(total == 0 && count == 0);
}

TEST(sessions_are_bounded)
{
    long result = 0;
    unsigned opened = 0;

    start();
    for (; result == 0 && opened < 100; opened += result == 0)
        result = names_open(BASE, "x", l4_cap(20 + opened));
    CHECK_EQ(result, -ERR_ENOMEM); /* OBJECTS of them */
    CHECK_EQ(opened, OBJECTS - 3);
    CHECK_EQ(names_register(SESSION, "A", SERVICE), 0);
}

TEST(books_need_the_right)
{
    start();
    CHECK_EQ(books_print(SESSION), -ERR_EBADPROTO);
    fake_slot(A, BASE)->rights = L4_CAP_RW;
    CHECK_EQ(books_print(BASE), -ERR_EPERM);
}

UNIT_MAIN(T(register_and_look_up), T(names_keeps_nothing_alive), T(who_may_what),
          T(names_are_refused_not_cut), T(waits_until_the_name_appears),
          T(waits_no_longer_than_asked), T(waiting_callers_are_bounded),
          T(entries_vanish_with_their_session), T(list_is_sorted), T(sessions_are_bounded),
          T(books_need_the_right))
