/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/ops.h>
#include "unit.h"

#include "errors/errors.h"
#include "idl/log.h"
#include "server/log/serve.h"
#include "test/unit/idl/kernel.h"

/* The log server by messages, on the pretended kernel: rows L01, L08, and hostile senders. */

#define CLIENT (&fake_clients[0])
#define BASE   l4_cap(5)
#define ONE    l4_cap(6)
#define TWO    l4_cap(7)
#define OBJECTS 8

static struct ipc_server server;
static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[1];
static char *shown;
static size_t shown_size;
static FILE *shown_file;

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
    static bool slots_ready;
    struct ipc_object *base = NULL;

    if (!slots_ready)
        slots_init(16, 800);
    slots_ready = true;
    for (unsigned i = 16; i < 816; i++)
        slots_free(l4_cap(i));
    memset(objects, 0, sizeof(objects));
    server = (struct ipc_server){
        .name = "log", .thread = L4_BASE_THREAD_CAP, .factory = L4_BASE_FACTORY_CAP,
        .objects = objects, .object_count = OBJECTS, .replies = replies, .reply_count = 1};
    fake_reset(&server);
    ipc_server_init(&server);
    ipc_service_create(&server, &log_base_kind, NULL, &base);
    fake_give(base->gate, CLIENT, BASE, L4_CAP_RWS);
    fake_enter(CLIENT);
    if (!shown_file)
        shown_file = open_memstream(&shown, &shown_size);
    rewind(shown_file);
    fflush(shown_file);
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

UNIT_MAIN(T(two_sessions), T(vcon_calls_are_answered), T(sessions_need_the_right_and_come_back))
