/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "server.h"

/*
 * The tests. The main thread is a client of the server's own task; functions called in_... run in
 * a thread of a second task, which shares memory with this one but no capabilities. They return
 * 0, or the line where something was wrong, in w->result.
 */

#define SERVICE l4_cap(0x20) /* in the second task: the base gate */
#define SLOT(n) l4_cap(0x40 + (n))
#define WINDOW 0x50000000ull
#define SERVER_PRIORITY (MAIN_PRIORITY + 10)

#define EXPECT(condition)           \
    do {                            \
        if (!(condition)) {         \
            w->result = __LINE__;   \
            return;                 \
        }                           \
    } while (0)

static struct worker server, client, other;
static struct abi_task second;

/* Server and second task, the base gate with @rights in its slot SERVICE. */
static bool start(unsigned rights)
{
    return sample_start(&server, SERVER_PRIORITY) && task_new(&second)
           && !l4_task_map_cap(second.cap, sample_base_object->gate, SERVICE, rights);
}

/* Runs @function in the second task; true when it has ended and found nothing wrong. */
static bool run(void (*function)(struct worker *))
{
    return worker_start(&client, &second, function, MAIN_PRIORITY + 5) && client.done;
}

#define RUN(function)                   \
    do {                                \
        CHECK(run(function));           \
        CHECK_EQ(client.result, 0);     \
    } while (0)

static void in_values(struct worker *w)
{
    bool i;
    uint8_t j;
    uint16_t k;
    uint32_t l;
    uint64_t m, p;
    int32_t n;
    int64_t o;
    char to[8];

    EXPECT(sample_scalars(SERVICE, true, 1, 2, 3, 4, -5, -6, 7, &i, &j, &k, &l, &m, &n, &o, &p) == 0);
    EXPECT(!i && j == 0xfe && k == 0xfffd && l == ~3u && m == ~4ull && n == 4 && o == 5 && p == ~7ull);
    EXPECT(sample_text(SERVICE, "hello", to) == 0 && strcmp(to, "<hello>") == 0);
    EXPECT(sample_text(SERVICE, "hello!", to) == -L4_ENAMETOOLONG);
    EXPECT(sample_bulk(SERVICE, &(struct ipc_bulk){TASK_LOG, 0, 0}, &(struct ipc_bulk){TASK_LOG, 0, 0})
           == -L4_ENOSYS);
    EXPECT(sample_nothing(SLOT(60)) == -(L4_EIPC + L4_IPC_ENOT_EXISTENT));
}

static void values(void)
{
    CHECK(start(L4_CAP_RWS));
    RUN(in_values);
}

static void values_in_the_own_task(void)
{
    CHECK(start(L4_CAP_RWS));
    l4_cap_t service = sample_base_object->gate;
    char to[8];
    CHECK_EQ(sample_text(service, "hello", to), 0);
    CHECK(strcmp(to, "<hello>") == 0);
    CHECK_EQ(sample_register(service, service), 0); /* the item names our slot */
    CHECK(sample_local);
    CHECK_EQ(sample_register(service, L4_BASE_LOG_CAP), 0);
    CHECK(!sample_local);
    l4_cap_t session = cap_new();
    CHECK_EQ(sample_open(service, 0, session), 0);
    CHECK_EQ(sample_nothing(session), 0);
    l4_cap_release(session);
    CHECK_EQ(sample_gone, 1);
}

static void in_capabilities(struct worker *w)
{
    EXPECT(sample_caps(SERVICE, TASK_LOG, TASK_LOG, SLOT(0), SLOT(1)) == 0);
    EXPECT(l4_cap_valid(SLOT(0)) && l4_cap_valid(SLOT(1)));
    EXPECT(l4_cap_equal(SLOT(1), TASK_LOG)); /* `cap!` both ways: S has come along */
    EXPECT(!l4_cap_equal(SLOT(0), SERVICE)); /* the same gate without S */
    EXPECT(sample_register(SLOT(0), SERVICE) == 0);
    l4_cap_delete(SLOT(0)); /* D was not passed: only our copy goes */
    EXPECT(!l4_cap_valid(SLOT(0)) && sample_nothing(SERVICE) == 0);
    EXPECT(sample_register(SERVICE, SLOT(5)) == -L4_EMSGMISSARG);
}

static void capabilities(void)
{
    CHECK(start(L4_CAP_RWS));
    RUN(in_capabilities);
    CHECK(sample_local); /* by label */
}

static void in_weaker_channel(struct worker *w)
{
    EXPECT(sample_caps(SERVICE, TASK_LOG, TASK_LOG, SLOT(0), SLOT(1)) == 0);
    EXPECT(l4_cap_valid(SLOT(1)) && !l4_cap_equal(SLOT(1), TASK_LOG));
}

static void no_s_through_a_gate_without_s(void)
{
    CHECK(start(L4_CAP_RW));
    RUN(in_weaker_channel);
}

static void in_sets(struct worker *w)
{
    struct ipc_capset given = {l4_cap(0x80), 1, L4_CAP_RW};
    struct ipc_window window = {l4_fpage_obj(l4_cap(0x90), 2, 0), 0};

    EXPECT(l4_task_map_cap(TASK_SELF, TASK_LOG, l4_cap(0x81), L4_CAP_RW) == 0);
    EXPECT(sample_sets(SERVICE, TASK_LOG, &given, SLOT(0), &window) == 0);
    EXPECT(l4_cap_valid(SLOT(0)) && l4_cap_valid(l4_cap(0x91)));
    EXPECT(!l4_cap_valid(l4_cap(0x90)) && !l4_cap_valid(l4_cap(0x92)));
    l4_cap_release(SLOT(0));
    given.order = 3;
    EXPECT(sample_sets(SERVICE, TASK_LOG, &given, SLOT(0), &window) == -L4_EMSGMISSARG);
    EXPECT(!l4_cap_valid(SLOT(0)));
}

static void sets(void)
{
    CHECK(start(L4_CAP_RWS));
    RUN(in_sets);
}

static void in_pages(struct worker *w)
{
    struct ipc_window window = {l4_fpage_mem(WINDOW, 16, 0), 0};
    uint64_t size;

    EXPECT(sample_pages(SERVICE, 3, &size, &window) == 0 && size == 0x3000);
    for (unsigned i = 0; i < 3; i++)
        EXPECT(*(volatile char *)(WINDOW + i * 0x1000) == 0x77);
    window.task = TASK_SELF; /* forwarded */
    window.fpage = l4_fpage_mem(WINDOW + 0x10000, 16, 0);
    EXPECT(sample_pages(SERVICE, 2, &size, &window) == 0);
    EXPECT(*(volatile char *)(WINDOW + 0x11000) == 0x77);
    EXPECT(sample_pages(SERVICE, 4, &size, &window) == -L4_EIO);
}

static void pages(void)
{
    CHECK(start(L4_CAP_RWS));
    RUN(in_pages);
}

static void in_sessions(struct worker *w)
{
    EXPECT(sample_open(SERVICE, 0, SLOT(0)) == 0 && sample_open(SERVICE, 0, SLOT(1)) == 0);
    EXPECT(sample_nothing(SLOT(0)) == 0 && sample_gone == 0);
    EXPECT(sample_text(SLOT(0), "", (char[8]){0}) == -L4_ENOSYS);
    l4_cap_release(SLOT(0));
    EXPECT(sample_nothing(SLOT(1)) == 0 && sample_gone == 1);
    EXPECT(sample_open(SERVICE, 1, SLOT(0)) == -L4_EBUSY && sample_gone == 2);
    for (unsigned i = 0; i < 20; i++) { /* entries and slots come back */
        EXPECT(sample_open(SERVICE, 0, SLOT(0)) == 0);
        l4_cap_release(SLOT(0));
    }
    EXPECT(sample_nothing(SERVICE) == 0 && sample_gone == 22);
}

static void sessions(void)
{
    CHECK(start(L4_CAP_RWS));
    RUN(in_sessions);
    unsigned left = slots_left();
    l4_cap_delete(second.cap); /* the last session goes with its task */
    CHECK_EQ(sample_gone, 23);
    CHECK_EQ(slots_left(), left + 1);
}

static void in_sends_only(struct worker *w)
{
    struct sample_open_in in = {.opcode = SAMPLE_OP_OPEN};

    memcpy(l4_utcb()->mr, &in, sizeof(in));
    l4_msgtag_t tag = l4_ipc_send(SERVICE, l4_msgtag(SAMPLE_PROTOCOL, sizeof(in) / 8, 0, 0), L4_NEVER);
    EXPECT(!l4_msgtag_has_error(tag));
    EXPECT(sample_nothing(SERVICE) == 0 && sample_gone == 1);
}

static void an_object_that_nobody_gets_is_undone(void)
{
    CHECK(start(L4_CAP_RWS));
    RUN(in_sends_only);
}

/* A message with @items capabilities and a memory item behind them; not even an operation. */
static long raw_items(unsigned items, bool memory)
{
    struct l4_utcb *u = l4_utcb();

    u->mr[0] = SAMPLE_OP_NOTHING;
    for (unsigned i = 0; i < items; i++)
        l4_put_item(1 + 2 * i, 0, l4_fpage_obj(TASK_LOG, 0, L4_CAP_RWSD));
    if (memory)
        l4_put_item(1 + 2 * items++, 0, l4_fpage_mem((uint64_t)sample_page, 12, L4_FPAGE_R));
    return l4_result(l4_ipc_call(SERVICE, l4_msgtag(SAMPLE_PROTOCOL, 1, items, 0), L4_NEVER));
}

static void in_refused(struct worker *w)
{
    for (unsigned round = 0; round < 3; round++) {
        EXPECT(raw_items(1, false) == -L4_EMSGMISSARG);
        EXPECT(raw_items(6, false) == -L4_EMSGMISSARG);
        EXPECT(raw_items(2, true) == -(L4_EIPC + L4_IPC_SEMSGCUT));
    }
    EXPECT(sample_nothing(SERVICE) == 0);
}

static void refused_and_cut_messages_leave_nothing(void)
{
    CHECK(start(L4_CAP_RWS));
    RUN(in_refused);
    for (unsigned i = 0; i < IPC_MAX_IN_CAPS; i++)
        CHECK(!l4_cap_valid(sample.receive[i]));
}

static void in_waits(struct worker *w)
{
    uint32_t value = 0;
    char note[8];
    long result = sample_wait(SERVICE, "k", &value, note);

    w->result = result < 0 ? result : (long)value;
}

static void answers_come_later(void)
{
    CHECK(start(L4_CAP_RWS));
    CHECK(worker_start(&client, &second, in_waits, MAIN_PRIORITY + 5));
    CHECK(worker_start(&other, &second, in_waits, MAIN_PRIORITY + 5));
    CHECK_EQ(sample_waiting, 2);
    CHECK(!client.done && !other.done);
    uint32_t value;
    char note[8];
    CHECK_EQ(sample_wait(sample_base_object->gate, "k", &value, note), -L4_EAGAIN);
    sample_answer();
    CHECK(client.done && other.done);
    CHECK_EQ(client.result, 10);
    CHECK_EQ(other.result, 11);
    CHECK_EQ(sample_interrupts, 1);
}

static void a_deferred_caller_may_die(void)
{
    CHECK(start(L4_CAP_RWS));
    CHECK(worker_start(&client, &second, in_waits, MAIN_PRIORITY + 5));
    l4_cap_delete(second.cap);
    l4_cap_delete(client.cap);
    sample_answer();
    CHECK_EQ(sample_waiting, 0);
    CHECK_EQ(sample_nothing(sample_base_object->gate), 0);
}

static void in_faults(struct worker *w)
{
    EXPECT(*(volatile char *)(WINDOW + 0x123) == 0x77);
    EXPECT(*(volatile char *)(WINDOW + 0x5123) == 0x77);
}

static void page_faults_are_foreign_messages(void)
{
    CHECK(start(L4_CAP_RWS));
    CHECK(!l4_task_map_cap(second.cap, sample_base_object->gate, TASK_PAGER, L4_CAP_RW));
    RUN(in_faults);
}

static void ticks(void)
{
    CHECK(start(L4_CAP_RWS));
    sample.deadline_us = l4_clock_us(test_kip()) + 2000;
    CHECK_EQ(sample_nothing(sample_base_object->gate), 0); /* the loop looks at it now */
    l4_sleep_us(20000);
    CHECK_EQ(sample_ticks, 3);
    CHECK_EQ(sample.deadline_us, 0);
}

/* What the harness of test/abi runs here. */
const struct test ipc_tests[] = {
    {"values", values},
    {"values_in_the_own_task", values_in_the_own_task},
    {"capabilities", capabilities},
    {"no_s_through_a_gate_without_s", no_s_through_a_gate_without_s},
    {"sets", sets},
    {"pages", pages},
    {"sessions", sessions},
    {"an_object_that_nobody_gets_is_undone", an_object_that_nobody_gets_is_undone},
    {"refused_and_cut_messages_leave_nothing", refused_and_cut_messages_leave_nothing},
    {"answers_come_later", answers_come_later},
    {"a_deferred_caller_may_die", a_deferred_caller_may_die},
    {"page_faults_are_foreign_messages", page_faults_are_foreign_messages},
    {"ticks", ticks},
    {NULL, NULL},
};
const struct test *const suites[] = {ipc_tests, NULL};
const struct test stop_tests[1], bench_tests[1];
