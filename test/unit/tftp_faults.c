/* SPDX-License-Identifier: BSD-2-Clause */
#include "tftp_world.h"

/* lib/tftp on a bad network and with a server that goes wrong at its n-th packet. */

#define FILE_SIZE  5000
#define PACKETS    5  /* of the server for that: OACK, four blocks */
#define BAD_ROUNDS 40

/* What may come of it when it is not the file as it is. */
static enum tftp_failure may_fail(unsigned fault, unsigned at)
{
    bool option_reply = at == 1;

    switch (fault) {
    case REAL_ERROR: return TFTP_REFUSED;
    case STOP: return TFTP_SILENT;
    case SHORT: return option_reply ? TFTP_BAD_REPLY : TFTP_BAD_SIZE;
    case CUT: case LONGER: case NOISE: case OTHER_BLOCK:
        return option_reply ? TFTP_BAD_REPLY : TFTP_FINE;
    default: return TFTP_FINE;
    }
}

/* Before the first answer nobody knows the server's port: whoever comes first is believed. */
static bool first_word_counts(unsigned fault, unsigned at)
{
    return at == 1 && (fault == FORGED || fault == OTHER_PORT);
}

TEST(each_fault_at_each_packet)
{
    uint8_t *file = world_file(FILE_SIZE);
    unsigned failed[FAULTS] = {0};

    for (unsigned fault = LOSE; fault < FAULTS; fault++)
        for (unsigned at = 1; at <= PACKETS; at++) {
            struct world w = {.file = file, .file_size = FILE_SIZE, .fault = fault,
                              .fault_at = at, .random = 100 * fault + at};
            world_run(&w, &world_request);
            CHECK(w.now < 1000000 + 22 * 1000000ull);
            CHECK_EQ(w.tftp.state == TFTP_STATE_DONE, w.tftp.failure == TFTP_FINE);
            bool fine = world_fine(&w);
            free(w.got);
            if (w.tftp.failure == TFTP_FINE)
                CHECK(fine);
            else if (!first_word_counts(fault, at))
                CHECK_EQ(w.tftp.failure, may_fail(fault, at));
            failed[fault] += w.tftp.failure != TFTP_FINE && !first_word_counts(fault, at);
        }
    free(file);
    CHECK_EQ(failed[LOSE] + failed[TWICE] + failed[LATE] + failed[OTHER_PORT] + failed[FORGED], 0);
    CHECK_EQ(failed[REAL_ERROR], PACKETS);
    CHECK_EQ(failed[STOP], PACKETS);
    CHECK_EQ(failed[CUT], 1);    /* the OACK; blocks come again */
    CHECK_EQ(failed[LONGER], 1);
    CHECK_EQ(failed[SHORT], PACKETS);
}

static void weather(struct world *w, unsigned round, uint64_t size, uint8_t *file)
{
    *w = (struct world){.file = file, .file_size = size, .random = round, .loss = 20, .twice = 10,
                        .late = 10, .server_block = 64 + round * 37 % 1400,
                        .no_options = round % 7 == 3, .no_size = round % 5 == 2};
}

/* A fifth of all packets lost, a tenth doubled, a tenth late, both ways. */
TEST(bad_network)
{
    uint8_t *file = world_file(60000);

    for (unsigned round = 0; round < BAD_ROUNDS; round++) {
        struct world w;
        weather(&w, round, 20000 + round * 997, file);
        world_run(&w, &world_request);
        bool fine = world_fine(&w);
        free(w.got);
        CHECK_EQ(w.tftp.failure, TFTP_FINE);
        CHECK(fine);
        CHECK(w.tftp.resent > 0);
    }
    free(file);
}

/* The last ACK is lost: the server repeats its last block and must hear again. */
TEST(last_ack_lost)
{
    uint8_t *file = world_file(100);
    struct world w = {.file = file, .file_size = 100};

    world_run(&w, &world_request);
    CHECK(world_fine(&w));
    for (unsigned i = 0; i < WORLD_PACKETS; i++)
        w.flights[i].used = false;
    CHECK(w.running);
    while (w.running)
        world_step(&w);
    CHECK_EQ(w.tftp.resent, 1);
    free(w.got);
    free(file);
}

/* Nine of ten packets lost: it ends, in time, and never with a wrong file. */
TEST(hopeless_network_ends)
{
    uint8_t *file = world_file(60000);

    for (unsigned round = 0; round < 20; round++) {
        struct world w;
        weather(&w, round, 60000, file);
        w.loss = 90;
        world_run(&w, &world_request);
        CHECK(w.tftp.failure == TFTP_FINE ? world_fine(&w)
                                          : w.tftp.failure == TFTP_SILENT
                                                || w.tftp.failure == TFTP_TOO_LONG);
        CHECK(w.now <= 1000000 + world_request.total_us);
        free(w.got);
    }
    free(file);
}

/* Random packets at any moment: no crash, no memory error, an end in time. */
TEST(noise)
{
    for (unsigned round = 0; round < 3000; round++) {
        struct world w = {.random = round};
        uint8_t bytes[1500];
        tftp_start(&w.tftp, &world_request, 0);
        for (unsigned i = 0; i < 50; i++) {
            size_t size = world_random(&w) % 40;
            for (size_t k = 0; k < size; k++)
                bytes[k] = (uint8_t)(world_random(&w) % 3 ? 0 : world_random(&w));
            if (size > 1)
                bytes[1] = (uint8_t)(world_random(&w) % 8);
            if (tftp_packet(&w.tftp, (uint16_t)(world_random(&w) % 3), bytes, size, i) == TFTP_DATA)
                CHECK(w.tftp.data_size <= size);
            if (world_random(&w) % 4 == 0)
                tftp_next(&w.tftp, i);
            tftp_output(&w.tftp);
        }
        CHECK(world_ended(&w) || tftp_tick(&w.tftp, 700000000) == TFTP_FAILED);
    }
}

UNIT_MAIN(T(each_fault_at_each_packet), T(bad_network), T(last_ack_lost),
          T(hopeless_network_ends), T(noise))
