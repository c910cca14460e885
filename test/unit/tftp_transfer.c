/* SPDX-License-Identifier: BSD-2-Clause */
#include "tftp_world.h"

/* lib/tftp with servers that behave, each in its own way, and with single packets by hand. */

static bool fetches(struct world *w, uint64_t size)
{
    uint8_t *file = world_file(size);
    bool fine;

    w->file = file;
    w->file_size = size;
    world_run(w, &world_request);
    fine = world_fine(w);
    free(w->got);
    free(file);
    return fine;
}

TEST(sizes)
{
    static const unsigned sizes[] = {0, 1, 511, 512, 513, 1427, 1428, 1429, 2856, 100000};

    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct world w = {.random = i};
        CHECK(fetches(&w, sizes[i]));
        CHECK_EQ(w.size_said, sizes[i]);
        CHECK_EQ(w.tftp.resent, 0);
        CHECK_EQ(w.strangers, 0);
    }
}

TEST(servers_without_options)
{
    struct world ignores = {.no_options = true}, refuses = {.illegal_options = true},
                 no_size = {.no_size = true}, small = {.server_block = 8};

    CHECK(fetches(&ignores, 5000));
    CHECK_EQ(ignores.size_said, TFTP_SIZE_UNKNOWN);
    CHECK(fetches(&refuses, 5120));
    CHECK_EQ(refuses.size_said, TFTP_SIZE_UNKNOWN);
    CHECK(fetches(&no_size, 5000));
    CHECK_EQ(no_size.size_said, TFTP_SIZE_UNKNOWN);
    CHECK(fetches(&small, 1001));
}

/* More than 65,535 blocks: the number begins anew at 0, twice. */
TEST(block_numbers_wrap)
{
    struct world w = {.server_block = 32};

    CHECK(fetches(&w, 32ull * (2 * 65536 + 3) + 5));
    CHECK_EQ(w.tftp.resent, 0);
}

TEST(missing_file)
{
    struct world w = {.file_size = 0};
    struct tftp_request request = world_request;

    request.name = "nothing";
    world_run(&w, &request);
    free(w.got);
    CHECK_EQ(w.tftp.failure, TFTP_NO_FILE);
    CHECK_STR(w.tftp.text, "File not found");
}

TEST(lies_about_the_size)
{
    static const long lies[] = {1, -1, 1428, -1428, 1 << 30};

    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct world w = {.lie = lies[i]};
        CHECK(!fetches(&w, 10000));
        CHECK_EQ(w.tftp.failure, TFTP_BAD_SIZE);
        CHECK(w.got_size <= (uint64_t)(10000 + (lies[i] > 0 ? 0 : lies[i])));
    }
    struct world absurd = {.lie = 1l << 60};
    CHECK(!fetches(&absurd, 10000));
    CHECK_EQ(absurd.tftp.failure, TFTP_BAD_REPLY);
}

TEST(silent_server)
{
    struct world w = {.stopped = true};

    CHECK(!fetches(&w, 10));
    CHECK_EQ(w.tftp.failure, TFTP_SILENT);
    CHECK_EQ(w.now, 1000000 + world_request.silence_us);
    CHECK_EQ(w.tftp.resent, 12); /* at 0.25, 0.75, 1.75, 3.75, then every 2 s */
}

/* A user that takes its time is not the server's silence, but counts for the whole. */
TEST(slow_user)
{
    struct world w = {.hold_us = 25000000}, slower = {.hold_us = 200000000};

    CHECK(fetches(&w, 10000));
    CHECK(!fetches(&slower, 10000));
    CHECK_EQ(slower.tftp.failure, TFTP_TOO_LONG);
    CHECK_EQ(slower.now, 1000000 + world_request.total_us);
}

/*
 * QEMU's server: an ACK too many makes it run ahead, and what is not taken then never comes again.
 */
TEST(server_that_runs_ahead)
{
    for (unsigned round = 0; round < 30; round++) {
        struct world w = {.one_for_each = true, .random = round, .hold_us = 100 + 313 * round};
        uint8_t *file = world_file(100000);
        w.file = file;
        w.file_size = 100000;
        world_start(&w, &world_request);
        for (unsigned step = 0; !world_ended(&w); step++) {
            if (step % 100 == 50 && w.tftp.state == TFTP_STATE_WAIT) { /* the machine stood still */
                take(&w, tftp_tick(&w.tftp, w.tftp.resend_us));
            }
            world_step(&w);
        }
        bool fine = world_fine(&w);
        free(w.got);
        free(file);
        CHECK(fine);
        CHECK(w.tftp.resent > 0);
    }
}

static enum tftp_event packet(struct tftp *t, uint16_t port, const char *bytes, size_t size)
{
    return tftp_packet(t, port, bytes, size, 0);
}

#define PACKET(t, port, text) packet(t, port, text, sizeof(text) - 1)

TEST(request_on_the_wire)
{
    static const char want[] = "\0\1file\0octet\0tsize\0000\0blksize\0001428";
    struct tftp t;
    const struct tftp_out *out;

    CHECK(tftp_start(&t, &world_request, 0));
    out = tftp_output(&t);
    CHECK(out != NULL);
    CHECK_EQ(out->port, 69);
    CHECK_EQ(out->size, sizeof want);
    CHECK(memcmp(out->bytes, want, sizeof want) == 0);
    CHECK(tftp_output(&t) == NULL);
}

TEST(requests_that_make_no_sense)
{
    char name[TFTP_NAME_MAX + 2];
    struct tftp_request r = world_request;
    struct tftp t;

    memset(name, 'x', sizeof name);
    name[TFTP_NAME_MAX] = 0;
    r.name = name;
    CHECK(tftp_start(&t, &r, 0));
    CHECK_EQ(tftp_output(&t)->bytes[2 + TFTP_NAME_MAX], 0);
    name[TFTP_NAME_MAX] = 'x';
    name[TFTP_NAME_MAX + 1] = 0;
    CHECK(!tftp_start(&t, &r, 0));
    r.name = "";
    CHECK(!tftp_start(&t, &r, 0));
    r = world_request;
    r.block = TFTP_BLOCK_MAX + 1;
    CHECK(!tftp_start(&t, &r, 0));
    r.block = TFTP_BLOCK_MIN - 1;
    CHECK(!tftp_start(&t, &r, 0));
}

/* Options: what a server may say, and what makes no sense. */
TEST(option_replies)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum tftp_event event;
    } cases[] = {
#define CASE(text, event) {text, sizeof(text) - 1, event}
        CASE("\0\6", TFTP_SIZE),
        CASE("\0\6tsize\0000\0", TFTP_SIZE),
        CASE("\0\6TSize\00010\0blkSIZE\0008\0", TFTP_SIZE),
        CASE("\0\6blksize\0001428\0", TFTP_SIZE),
        CASE("\0\6blksize\0001429\0", TFTP_FAILED),
        CASE("\0\6blksize\0007\0", TFTP_FAILED),
        CASE("\0\6blksize\0", TFTP_FAILED),
        CASE("\0\6blksize", TFTP_FAILED),
        CASE("\0\6blksize\000512", TFTP_FAILED),
        CASE("\0\6blksize\0\0", TFTP_FAILED),
        CASE("\0\6blksize\000512\0blksize\000512\0", TFTP_FAILED),
        CASE("\0\6tsize\0-1\0", TFTP_FAILED),
        CASE("\0\6tsize\0001x\0", TFTP_FAILED),
        CASE("\0\6tsize\00099999999999999999999999999\0", TFTP_FAILED),
        CASE("\0\6windowsize\0004\0", TFTP_FAILED),
        CASE("\0\6tsizes\0001\0", TFTP_FAILED),
        CASE("\0", TFTP_NOTHING),
        CASE("\0\7", TFTP_NOTHING),
        CASE("\0\1file\0octet\0", TFTP_NOTHING),
        CASE("\0\3\0", TFTP_NOTHING),
        CASE("\0\3\0\2data", TFTP_NOTHING),
        CASE("\0\5\0", TFTP_NOTHING),
        CASE("\0\5\0\1", TFTP_FAILED), /* an error without a text */
        CASE("\0\3\0\1", TFTP_DATA),
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tftp t;
        CHECK(tftp_start(&t, &world_request, 0));
        CHECK_EQ(packet(&t, 1000, cases[i].bytes, cases[i].size), cases[i].event);
        CHECK_EQ(t.ignored, cases[i].event == TFTP_NOTHING);
    }
}

/* Nobody but the port that answered first is listened to; strangers are told so, once each. */
TEST(strangers)
{
    struct tftp t;
    const struct tftp_out *out;

    CHECK(tftp_start(&t, &world_request, 0));
    tftp_output(&t);
    CHECK_EQ(PACKET(&t, 1000, "\0\6tsize\00010\0"), TFTP_SIZE);
    tftp_next(&t, 0);
    out = tftp_output(&t);
    CHECK_EQ(out->port, 1000);
    CHECK(out->size == 4 && memcmp(out->bytes, "\0\4\0\0", 4) == 0);
    CHECK_EQ(PACKET(&t, 1001, "\0\3\0\1abcdefghij"), TFTP_NOTHING);
    out = tftp_output(&t);
    CHECK(out && out->port == 1001 && memcmp(out->bytes, "\0\5\0\5", 4) == 0);
    CHECK_EQ(PACKET(&t, 1001, "\0\5\0\1"), TFTP_NOTHING); /* no answer to errors */
    CHECK(tftp_output(&t) == NULL);
    CHECK_EQ(PACKET(&t, 1000, "\0\3\0\1abcdefghij"), TFTP_DATA);
    CHECK_EQ(t.data_size, 10);
    CHECK(t.last);
    CHECK(tftp_output(&t) == NULL); /* held */
    CHECK_EQ(PACKET(&t, 1000, "\0\3\0\1abcdefghij"), TFTP_NOTHING);
    CHECK(tftp_output(&t) == NULL);
    tftp_next(&t, 0);
    CHECK_EQ(t.state, TFTP_STATE_DONE);
    CHECK(memcmp(tftp_output(&t)->bytes, "\0\4\0\1", 4) == 0);
    CHECK_EQ(PACKET(&t, 1000, "\0\3\0\1abcdefghij"), TFTP_NOTHING);
    CHECK(memcmp(tftp_output(&t)->bytes, "\0\4\0\1", 4) == 0); /* that ACK was lost */
    CHECK_EQ(PACKET(&t, 1000, "\0\5\0\0too late"), TFTP_NOTHING);
    CHECK_EQ(t.state, TFTP_STATE_DONE);
    CHECK_EQ(tftp_deadline(&t), ~0ull);
}

/* A tick with a moment from before the last packet is no time-out. */
TEST(clock_a_little_behind)
{
    struct tftp t;

    CHECK(tftp_start(&t, &world_request, 1000));
    CHECK_EQ(tftp_packet(&t, 1000, "\0\6", 2, 1010), TFTP_SIZE);
    tftp_next(&t, 1020);
    tftp_output(&t);
    CHECK_EQ(tftp_tick(&t, 1015), TFTP_NOTHING);
    CHECK_EQ(tftp_tick(&t, 900), TFTP_NOTHING);
    CHECK(tftp_output(&t) == NULL);
}

TEST(given_up_by_the_user)
{
    struct tftp t;
    const struct tftp_out *out;

    CHECK(tftp_start(&t, &world_request, 0));
    tftp_abort(&t, true); /* nobody to tell */
    CHECK_EQ(t.state, TFTP_STATE_FAILED);
    CHECK(tftp_output(&t) == NULL);
    CHECK(tftp_start(&t, &world_request, 0));
    CHECK_EQ(PACKET(&t, 1000, "\0\6tsize\00010\0"), TFTP_SIZE);
    tftp_output(&t);
    tftp_abort(&t, true);
    out = tftp_output(&t);
    CHECK(out && out->port == 1000 && memcmp(out->bytes, "\0\5\0\3", 4) == 0);
    CHECK_EQ(t.failure, TFTP_ABORTED);
    CHECK_EQ(PACKET(&t, 1000, "\0\3\0\1abcdefghij"), TFTP_NOTHING);
}

TEST(texts_of_the_server_are_printable)
{
    struct tftp t;
    char packet_bytes[300] = "\0\5\0\0bell \a";

    memset(packet_bytes + 10, 0xff, sizeof packet_bytes - 10);
    CHECK(tftp_start(&t, &world_request, 0));
    CHECK_EQ(packet(&t, 1000, packet_bytes, sizeof packet_bytes), TFTP_FAILED);
    CHECK_EQ(strlen(t.text), TFTP_TEXT_MAX);
    CHECK(memcmp(t.text, "bell ???", 8) == 0);
    CHECK_EQ(t.failure, TFTP_REFUSED);
}

TEST(names)
{
    CHECK_STR(tftp_path("hello"), "hello");
    CHECK_STR(tftp_path("(nd)/a/b"), "a/b");
    CHECK_STR(tftp_path("(nd)a/b"), "a/b");
    CHECK_STR(tftp_path("//a/b"), "a/b");
    CHECK_STR(tftp_path("a/..b/c.."), "a/..b/c..");
    CHECK(tftp_path("") == NULL);
    CHECK(tftp_path("(nd)") == NULL);
    CHECK(tftp_path("(nd)/") == NULL);
    CHECK(tftp_path("..") == NULL);
    CHECK(tftp_path("(nd)/a/../b") == NULL);
    CHECK(tftp_path("a/..") == NULL);
}

UNIT_MAIN(T(sizes), T(servers_without_options), T(block_numbers_wrap), T(missing_file),
          T(lies_about_the_size), T(silent_server), T(slow_user), T(server_that_runs_ahead), T(request_on_the_wire),
          T(requests_that_make_no_sense), T(option_replies), T(strangers), T(clock_a_little_behind),
          T(given_up_by_the_user), T(texts_of_the_server_are_printable), T(names))
