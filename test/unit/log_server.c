/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <l4/ops.h>
#include "unit.h"

#include "errors/errors.h"
#include "idl/log.h"
#include "idl/log_session.h"
#include "server/log/serve.h"
#include "test/unit/idl/kernel.h"

/*
 * The log server by messages, on the pretended kernel: rows L01, L08, input, and hostile senders.
 */

#define CLIENT (&fake_clients[0])
#define BASE   l4_cap(5)
#define ONE    l4_cap(6)
#define TWO    l4_cap(7)
#define OBJECTS 8
#define REPLIES 4

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[REPLIES];
static void tick(struct ipc_server *s);
static struct ipc_server server = {
    .name = "log", .objects = objects, .object_count = OBJECTS,
    .replies = replies, .reply_count = REPLIES, .tick = tick};
static char *shown;
static size_t shown_size;
static FILE *shown_file;
static const char *keys; /* typed when the server has nothing else to do */
static bool dies;        /* ... or its client goes away */
static bool cancelled;   /* ... or does not wait any more */
static bool again;       /* ... or another of its threads asks, too */

static void put(void *to, const char *text, size_t size)
{
    (void)to;
    fwrite(text, 1, size, shown_file);
    fflush(shown_file);
    /* as the kernel console's message would */
    memset(ipc_utcb()->mr, 0x5a, sizeof(ipc_utcb()->mr));
}

const struct line_sink log_console = {put, NULL};

static void start(void)
{
    log_init(&server);
    fake_give(fake_start(&server, &log_base_kind)->gate, CLIENT, BASE, L4_CAP_RWS);
    fake_enter(CLIENT);
    if (shown_file)
        fclose(shown_file);
    free(shown);
    shown_file = open_memstream(&shown, &shown_size);
    keys = NULL;
    dies = false;
}

/* Sends @text as a client of lib/l4sys does, without waiting for an answer. */
static void say(l4_cap_t session, const char *text)
{
    size_t size = strlen(text);

    memset(CLIENT->utcb.mr, 0, sizeof(CLIENT->utcb.mr));
    CLIENT->utcb.mr[0] = L4_LOG_WRITE;
    CLIENT->utcb.mr[1] = size;
    memcpy(&CLIENT->utcb.mr[2], text, size);
    fake_queue_send(CLIENT, fake_slot(CLIENT, session)->object->label | L4_CAP_W,
                    l4_msgtag(L4_PROTO_LOG, 2 + (unsigned)(size + 7) / 8, 0, 0));
    fake_run();
}

TEST(two_sessions)
{
    start();
    CHECK_EQ(log_open(BASE, "one", ONE), 0);
    CHECK_EQ(log_open(BASE, "two", TWO), 0);
    CHECK_EQ(fake_slot(CLIENT, ONE)->rights, L4_CAP_RW);
    say(ONE, "begin ");
    say(TWO, "other\nhalf");
    say(ONE, "end\n");
    CHECK_STR(shown, "two     | other\none     | begin end\n");
    fake_drop(CLIENT, TWO);
    fake_run();
    CHECK_STR(shown, "two     | other\none     | begin end\ntwo     | half\n");
}

TEST(vcon_calls_are_answered)
{
    l4_msgtag_t tag;

    start();
    CHECK_EQ(log_open(BASE, "one", ONE), 0);
    CLIENT->utcb.mr[0] = L4_LOG_READ | 100 << 16;
    tag = fake_call(CLIENT, fake_slot(CLIENT, ONE)->object->label, l4_msgtag(L4_PROTO_LOG, 1, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), 0);
    CHECK_EQ(CLIENT->utcb.mr[0], 1u << 31); /* nothing to read */
    tag = fake_call(CLIENT, fake_slot(CLIENT, ONE)->object->label, l4_msgtag(L4_PROTO_LOG, 0, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), -ERR_EMSGTOOSHORT);
    tag = fake_call(CLIENT, fake_slot(CLIENT, ONE)->object->label,
                    l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), -ERR_EBADPROTO);
}

/* ---- what is typed; the line itself: log_input.c ---- */

/* The answer to this one finds nobody. */
static void ask_again(void)
{
    CLIENT->utcb.mr[0] = LOG_SESSION_OP_READ;
    CLIENT->utcb.mr[1] = 200;
    fake_queue_send(CLIENT, fake_slot(CLIENT, ONE)->object->label | L4_CAP_W,
                    l4_msgtag(LOG_SESSION_PROTOCOL, 2, 0, 0));
}

static void tick(struct ipc_server *s)
{
    if (cancelled)
        fake_reply_error = L4_IPC_ENOT_EXISTENT;
    cancelled = false;
    if (again)
        ask_again();
    again = false;
    if (keys)
        log_typed(keys, strlen(keys));
    keys = NULL;
    if (dies)
        fake_drop(CLIENT, ONE);
    dies = false;
    log_tick(s);
}

static long read_line(const char *typed, char *line)
{
    keys = typed;
    return log_session_read(ONE, 200, line);
}

TEST(a_typed_line_goes_to_its_reader)
{
    char line[201];

    start();
    CHECK_EQ(log_open(BASE, "run", ONE), 0);
    say(ONE, "> ");
    CHECK_EQ(read_line("kill 3\n", line), 0);
    CHECK_STR(line, "kill 3\n");
    CHECK_STR(shown, "run     | > kill 3\n");
    CHECK_EQ(server.deadline_us, 0);
    log_typed("typed ahead\n", 12);
    CHECK_EQ(log_session_read(ONE, 6, line), 0);
    CHECK_STR(line, "typed ");
    CHECK_EQ(log_session_read(ONE, 200, line), 0);
    CHECK_STR(line, "ahead\n");
}

TEST(waiting_ends_in_time_and_loses_nothing)
{
    char line[201];
    uint64_t before;

    start();
    CHECK_EQ(log_open(BASE, "run", ONE), 0);
    say(ONE, "> ");
    before = fake_clock;
    CHECK_EQ(read_line("half ", line), -ERR_EAGAIN);
    CHECK(fake_clock - before <= 31000000);
    CHECK_EQ(server.deadline_us, 0);
    CHECK_EQ(read_line("line\n", line), 0);
    CHECK_STR(line, "half line\n");
}

TEST(output_and_input_do_not_share_a_line)
{
    char line[201];

    start();
    CHECK_EQ(log_open(BASE, "run", ONE), 0);
    CHECK_EQ(log_open(BASE, "two", TWO), 0);
    say(ONE, "> ");
    CHECK_EQ(read_line("ki", line), -ERR_EAGAIN);
    CHECK_STR(shown, "run     | > ki");
    say(TWO, "whole line\n");
    CHECK_STR(shown, "run     | > ki\ntwo     | whole line\n");
    CHECK_EQ(read_line("ll\n", line), 0);
    CHECK_STR(line, "kill\n");
    CHECK_STR(shown, "run     | > ki\ntwo     | whole line\nrun     | > kill\n");
}

TEST(a_line_that_does_not_arrive_comes_the_next_time)
{
    char line[201];

    start();
    CHECK_EQ(log_open(BASE, "run", ONE), 0);
    cancelled = true;
    CHECK_EQ(read_line("one\n", line), -(L4_EIPC + L4_IPC_RETIMEOUT));
    CHECK_EQ(log_session_read(ONE, 200, line), 0);
    CHECK_STR(line, "one\n");
    CHECK_EQ(read_line("two\n", line), 0);
    CHECK_STR(line, "two\n");
}

TEST(the_last_one_to_ask_reads)
{
    char line[201];

    start();
    CHECK_EQ(log_open(BASE, "run", ONE), 0);
    again = true;
    CHECK_EQ(read_line(NULL, line), -ERR_EBUSY);
    CHECK_EQ(read_line("now\n", line), 0);
    CHECK_STR(line, "now\n");
}

TEST(a_dead_reader_leaves_nothing)
{
    char line[201];

    start();
    for (unsigned i = 0; i < 10 * REPLIES; i++) {
        CHECK_EQ(log_open(BASE, "run", ONE), 0);
        dies = true;
        CHECK(read_line(NULL, line) < 0);
        CHECK_EQ(server.deadline_us, 0);
    }
    CHECK_EQ(log_open(BASE, "run", ONE), 0);
    CHECK_EQ(read_line("a\n", line), 0);
    CHECK_STR(line, "a\n");
}

TEST(reading_is_checked)
{
    char line[201];
    bool yes = true;

    start();
    CHECK_EQ(log_open(BASE, "run", ONE), 0);
    CHECK_EQ(log_session_read(ONE, 0, line), -ERR_EINVAL);
    CHECK_EQ(log_session_interrupted(ONE, &yes), 0);
    CHECK(!yes);
    log_typed("\003a\n", 3);
    CHECK_EQ(log_session_read(ONE, 0xffffffff, line), 0);
    CHECK_STR(line, "a\n");
    log_typed("\003", 1);
    CHECK_EQ(log_session_interrupted(ONE, &yes), 0);
    CHECK(yes);
    CHECK_EQ(log_session_interrupted(ONE, &yes), 0);
    CHECK(!yes);
    CHECK_EQ(log_session_read(BASE, 200, line), -ERR_EBADPROTO);
    fake_slot(CLIENT, ONE)->rights = L4_CAP_R;
    CHECK_EQ(log_session_read(ONE, 200, line), -ERR_EPERM);
}

TEST(sessions_need_the_right_and_come_back)
{
    unsigned left;

    start();
    left = slots_left();
    for (unsigned i = 0; i < 3 * SESSIONS_MAX; i++) {
        CHECK_EQ(log_open(BASE, "x", ONE), 0);
        fake_drop(CLIENT, ONE);
        fake_run();
    }
    CHECK_EQ(slots_left(), left);
    fake_slot(CLIENT, BASE)->rights = L4_CAP_RW;
    CHECK_EQ(log_open(BASE, "x", ONE), -ERR_EPERM);
}

UNIT_MAIN(T(two_sessions), T(vcon_calls_are_answered), T(sessions_need_the_right_and_come_back),
          T(a_typed_line_goes_to_its_reader), T(waiting_ends_in_time_and_loses_nothing),
          T(output_and_input_do_not_share_a_line),
          T(a_line_that_does_not_arrive_comes_the_next_time), T(the_last_one_to_ask_reads),
          T(a_dead_reader_leaves_nothing),
          T(reading_is_checked))
