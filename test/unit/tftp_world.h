/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdlib.h>
#include "unit.h"
#include "tftp/tftp.h"

/*
 * A pretended network with a clock: a TFTP server by the RFCs, a client (lib/tftp) that fetches one
 * file, and packets under way that are lost, doubled, late, or changed by their number.
 */

#define WORLD_PACKETS 64
#define WORLD_PACKET  1600
#define WORLD_DELAY   1000 /* microseconds, one way */
#define SERVER_PORT   4711
#define SERVER_PATIENCE 1000000

enum fault {
    NO_FAULT,
    LOSE,
    TWICE,
    LATE,        /* so late that it comes after its repetition */
    CUT,         /* the first three bytes only */
    LONGER,      /* more bytes than a packet may have */
    NOISE,       /* random bytes */
    OTHER_BLOCK, /* number changed */
    OTHER_PORT,  /* right contents from the wrong port, besides the real one */
    FORGED,      /* an error from the wrong port, besides the real one */
    REAL_ERROR,  /* the server breaks off with an error */
    STOP,        /* the server says nothing any more */
    SHORT,       /* one byte less than a full block */
    FAULTS
};

struct flight {
    uint64_t at;
    bool used, to_server;
    uint16_t port; /* of the server's side */
    size_t size;
    uint8_t bytes[WORLD_PACKET];
};

struct world {
    /* set by the test: */
    const uint8_t *file;
    uint64_t file_size;
    bool no_options, no_size, illegal_options;
    bool one_for_each; /* one more block for each ACK, whatever its number, and none twice */
    unsigned server_block; /* largest it can do */
    long lie;              /* added to the announced size */
    unsigned loss, twice, late; /* per cent, of all packets */
    enum fault fault;
    unsigned fault_at; /* number of the server's packet */
    uint64_t hold_us;  /* the user takes so long for each event */
    /* state: */
    uint64_t now, random, latest;
    struct flight flights[WORLD_PACKETS];
    unsigned served; /* packets of the server so far */
    bool stopped, running;
    unsigned block;
    uint64_t acked; /* blocks, 0: none yet */
    struct flight last;
    uint64_t repeat_at;
    /* what the client has got: */
    struct tftp tftp;
    uint8_t *got;
    uint64_t got_size, size_said;
    uint64_t next_at; /* when the user goes on; 0: does not hold */
    unsigned strangers; /* packets to ports that are not the server's */
};

static uint32_t world_random(struct world *w)
{
    w->random = w->random * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(w->random >> 33);
}

static bool percent(struct world *w, unsigned p)
{
    return world_random(w) % 100 < p;
}

static void fly(struct world *w, const struct flight *f, uint64_t delay)
{
    for (unsigned i = 0; i < WORLD_PACKETS; i++)
        if (!w->flights[i].used) {
            w->flights[i] = *f;
            w->flights[i].used = true;
            w->flights[i].at = w->now + delay;
            if (w->one_for_each && w->flights[i].at <= w->latest) /* no wire: nothing overtakes */
                w->flights[i].at = w->latest + 1;
            w->latest = w->flights[i].at;
            return;
        }
}

/* A packet under the weather. */
static void launch(struct world *w, const struct flight *f)
{
    uint64_t delay = WORLD_DELAY + world_random(w) % 200;

    if (percent(w, w->loss))
        return;
    if (percent(w, w->late))
        delay += world_random(w) % 400000;
    fly(w, f, delay);
    if (percent(w, w->twice))
        fly(w, f, delay + world_random(w) % 3000);
}

static void with_fault(struct world *w, struct flight f)
{
    struct flight extra = f;

    switch (w->fault) {
    case LOSE: return;
    case TWICE: launch(w, &f); break;
    case LATE: fly(w, &f, 3 * SERVER_PATIENCE / 2); return;
    case CUT: f.size = 3; break;
    case LONGER:
        f.size = WORLD_PACKET;
        break;
    case NOISE:
        for (size_t i = 0; i < f.size; i++)
            f.bytes[i] = (uint8_t)world_random(w);
        break;
    case OTHER_BLOCK: f.bytes[3] ^= 0x40; break;
    case OTHER_PORT:
        extra.port++;
        launch(w, &extra);
        break;
    case FORGED:
        extra.port++;
        memcpy(extra.bytes, "\0\5\0\0forged", 11);
        extra.size = 11;
        launch(w, &extra);
        break;
    case REAL_ERROR:
        memcpy(f.bytes, "\0\5\0\0disk on fire", 17);
        f.size = 17;
        w->stopped = true;
        break;
    case STOP: w->stopped = true; return;
    case SHORT: f.size--; break;
    default: break;
    }
    launch(w, &f);
}

static void serve(struct world *w, const struct flight *f)
{
    if (w->stopped)
        return;
    if (w->fault != NO_FAULT && ++w->served == w->fault_at)
        with_fault(w, *f);
    else
        launch(w, f);
}

static void serve_data(struct world *w)
{
    uint64_t offset = w->acked * w->block, number = w->acked + 1;
    uint64_t left = w->file_size - offset;
    struct flight f = {.port = SERVER_PORT, .size = left < w->block ? left : w->block};

    f.bytes[1] = 3;
    f.bytes[2] = (uint8_t)(number >> 8);
    f.bytes[3] = (uint8_t)number;
    memcpy(f.bytes + 4, w->file + offset, f.size);
    f.size += 4;
    w->last = f;
    serve(w, &f);
}

static void serve_error(struct world *w, unsigned code, const char *text)
{
    struct flight f = {.port = SERVER_PORT, .size = 4 + strlen(text) + 1};

    f.bytes[1] = 5;
    f.bytes[3] = (uint8_t)code;
    strcpy((char *)f.bytes + 4, text);
    w->running = false;
    serve(w, &f);
}

/* The value of the option @name in a request, or null. */
static const char *asked(const struct flight *f, const char *name)
{
    const char *at = (const char *)f->bytes + 2, *end = (const char *)f->bytes + f->size;

    at += strlen(at) + 1; /* file name */
    at += strlen(at) + 1; /* mode */
    while (at < end) {
        const char *value = at + strlen(at) + 1;
        if (strcmp(at, name) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

static void serve_request(struct world *w, const struct flight *f)
{
    const char *block = asked(f, "blksize");
    struct flight answer = {.port = SERVER_PORT, .size = 2};

    if (strcmp((const char *)f->bytes + 2, "file") != 0) {
        serve_error(w, 1, "File not found");
        return;
    }
    if (block && w->illegal_options) {
        serve_error(w, 8, "no options here");
        return;
    }
    if (w->running) { /* the request once more: the client has not got the answer */
        if (w->acked == 0)
            serve(w, &w->last);
        return;
    }
    w->running = true;
    w->acked = 0;
    w->block = 512;
    w->repeat_at = w->now + SERVER_PATIENCE;
    if (!block || w->no_options) {
        serve_data(w);
        return;
    }
    w->block = (unsigned)atoi(block) < w->server_block ? (unsigned)atoi(block) : w->server_block;
    char *at = (char *)answer.bytes + 2;
    answer.bytes[1] = 6;
    at += sprintf(at, "BLKSIZE") + 1;
    at += sprintf(at, "%u", w->block) + 1;
    if (!w->no_size) {
        at += sprintf(at, "tsize") + 1;
        at += sprintf(at, "%lld", (long long)w->file_size + w->lie) + 1;
    }
    answer.size = (size_t)(at - (char *)answer.bytes);
    w->last = answer;
    serve(w, &answer);
}

static void serve_ack(struct world *w, unsigned number)
{
    uint64_t waiting = w->last.bytes[1] == 6 ? 0 : w->acked + 1;

    if (!w->running || (number != (waiting & 0xffff) && !w->one_for_each))
        return;
    w->repeat_at = w->now + SERVER_PATIENCE;
    w->acked = waiting;
    if (waiting && w->last.size < w->block + 4)
        w->running = false; /* the last block has arrived */
    else
        serve_data(w);
}

static void to_server(struct world *w, const struct flight *f)
{
    if (f->port == TFTP_PORT && f->bytes[1] == 1)
        serve_request(w, f);
    else if (f->port != SERVER_PORT)
        w->strangers++;
    else if (f->bytes[1] == 4)
        serve_ack(w, f->bytes[2] << 8 | f->bytes[3]);
    else
        w->running = false; /* an error */
}

static void send_all(struct world *w)
{
    const struct tftp_out *out;

    while ((out = tftp_output(&w->tftp))) {
        struct flight f = {.to_server = true, .port = out->port, .size = out->size};
        memcpy(f.bytes, out->bytes, out->size);
        launch(w, &f);
    }
}

static void take(struct world *w, enum tftp_event event)
{
    if (event == TFTP_SIZE)
        w->size_said = w->tftp.size;
    if (event == TFTP_DATA) {
        if (w->tftp.offset + w->tftp.data_size > w->file_size)
            abort(); /* more than the server has */
        memcpy(w->got + w->tftp.offset, w->tftp.data, w->tftp.data_size);
        w->got_size = w->tftp.offset + w->tftp.data_size;
    }
    if (event == TFTP_SIZE || event == TFTP_DATA)
        w->next_at = w->now + w->hold_us;
    send_all(w);
    if (w->next_at && w->next_at <= w->now) {
        w->next_at = 0;
        take(w, tftp_next(&w->tftp, w->now));
    }
}

static struct flight *first_flight(struct world *w)
{
    struct flight *first = NULL;

    for (unsigned i = 0; i < WORLD_PACKETS; i++)
        if (w->flights[i].used && (!first || w->flights[i].at < first->at))
            first = &w->flights[i];
    return first;
}

static bool world_ended(const struct world *w)
{
    return w->tftp.state == TFTP_STATE_FAILED || w->tftp.state == TFTP_STATE_DONE;
}

/* The next thing that happens. */
static void world_step(struct world *w)
{
    struct flight *f = first_flight(w);
    uint64_t at = tftp_deadline(&w->tftp);

    if (w->next_at && w->next_at < at)
        at = w->next_at;
    if (w->running && w->repeat_at < at)
        at = w->repeat_at;
    if (f && f->at <= at) {
        struct flight now = *f;
        f->used = false;
        w->now = now.at > w->now ? now.at : w->now;
        if (now.to_server)
            to_server(w, &now);
        else
            take(w, tftp_packet(&w->tftp, now.port, now.bytes, now.size, w->now));
        return;
    }
    w->now = at > w->now ? at : w->now;
    if (w->running && w->repeat_at <= w->now && w->one_for_each) {
        w->repeat_at = ~0ull;
    } else if (w->running && w->repeat_at <= w->now) {
        w->repeat_at = w->now + SERVER_PATIENCE;
        serve(w, &w->last);
    }
    take(w, tftp_tick(&w->tftp, w->now));
}

static const struct tftp_request world_request = {
    .name = "file", .block = 1428, .first_us = 250000, .longest_us = 2000000,
    .silence_us = 20000000, .total_us = 600000000};

/* Begins a transfer of @request; the world's settings are the test's. */
static void world_start(struct world *w, const struct tftp_request *request)
{
    w->now = 1000000;
    if (!w->server_block)
        w->server_block = 65464;
    w->size_said = TFTP_SIZE_UNKNOWN;
    w->got = malloc(w->file_size + 1);
    if (!tftp_start(&w->tftp, request, w->now))
        abort();
    send_all(w);
}

/* The same, until it has ended. */
__attribute__((unused)) static void world_run(struct world *w, const struct tftp_request *request)
{
    world_start(w, request);
    while (!world_ended(w))
        world_step(w);
}

/* The file has come as it is. */
static bool world_fine(const struct world *w)
{
    return w->tftp.state == TFTP_STATE_DONE && w->got_size == w->file_size
           && w->tftp.offset == w->file_size
           && (w->file_size == 0 || memcmp(w->got, w->file, w->file_size) == 0);
}

static uint8_t *world_file(uint64_t size)
{
    uint8_t *bytes = malloc(size + 1);

    for (uint64_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    return bytes;
}
