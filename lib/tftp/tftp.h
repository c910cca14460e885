/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * TFTP client (RFC 1350, 2347 to 2349) without any input or output: packets in, packets out, the
 * clock is an argument. One struct tftp is one transfer of one file, reading, in octets.
 *
 * The user sends what tftp_output() has after each call, hands in what comes from the server's
 * address (from any port: the server chooses one), and calls tftp_tick() when tftp_deadline() has
 * come. After an event TFTP_SIZE or TFTP_DATA the server waits until tftp_next(): so the user
 * decides how fast data comes, and one block is all that has to be kept.
 */

#define TFTP_PORT         69
#define TFTP_NAME_MAX     255
#define TFTP_TEXT_MAX     63
#define TFTP_BLOCK_MIN    8    /* bytes of a block, by the option blksize */
#define TFTP_BLOCK_MAX    1468 /* fits into one Ethernet packet */
#define TFTP_BLOCK_PLAIN  512  /* without the option */
#define TFTP_AHEAD        4    /* blocks kept that come while the user still has the one before */
#define TFTP_SEND_MAX     (2 + TFTP_NAME_MAX + 1 + 64)
#define TFTP_SIZE_MAX     (8ull << 30)
#define TFTP_SIZE_UNKNOWN (~0ull)

/** What is wanted, and how patient we are. Times in microseconds. */
struct tftp_request {
    const char *name;    /* 1..TFTP_NAME_MAX bytes */
    unsigned block;      /* asked for: TFTP_BLOCK_MIN..TFTP_BLOCK_MAX */
    uint64_t first_us;   /* first resend after this, then doubled each time */
    uint64_t longest_us; /* at most this between resends */
    uint64_t silence_us; /* no progress by the server for so long: broken */
    uint64_t total_us;   /* the whole transfer, the user's own time included */
};

enum tftp_event {
    TFTP_NOTHING,
    TFTP_SIZE,   /* the server has the file; ->size, if it said so */
    TFTP_DATA,   /* ->data: the next ->data_size bytes of the file, at ->offset; ->last */
    TFTP_FAILED, /* ->failure */
};

enum tftp_failure {
    TFTP_FINE,
    TFTP_NO_FILE,   /* the server has no such file, or does not give it away */
    TFTP_REFUSED,   /* another error of the server: ->text */
    TFTP_BAD_SIZE,  /* more or fewer bytes than it had announced, or too many */
    TFTP_BAD_REPLY, /* options that nobody asked for or that make no sense */
    TFTP_SILENT,    /* silence_us are over */
    TFTP_TOO_LONG,  /* total_us are over */
    TFTP_ABORTED,   /* by tftp_abort() */
};

/** A packet to send to @port of the server. */
struct tftp_out {
    uint16_t port;
    uint16_t size; /* 0: none */
    uint8_t bytes[TFTP_SEND_MAX];
};

enum tftp_state {
    TFTP_STATE_REQUEST, /* request sent, no valid answer yet; any port may answer */
    TFTP_STATE_HELD,    /* the user has an event, the server waits for our ACK */
    TFTP_STATE_WAIT,    /* ACK sent, the next block has not come */
    TFTP_STATE_DONE,    /* all is here; a last ACK that got lost is repeated */
    TFTP_STATE_FAILED,
};

/** A block that has come early. */
struct tftp_early {
    uint16_t size;
    uint8_t bytes[TFTP_BLOCK_MAX];
};

/** One transfer. For reading: */
struct tftp {
    enum tftp_state state;
    enum tftp_failure failure;
    char text[TFTP_TEXT_MAX + 1]; /* what the server said with its error; printable */
    uint64_t size;                /* announced, or TFTP_SIZE_UNKNOWN */
    uint64_t offset;              /* where data belongs; when DONE: the file's size */
    const uint8_t *data;          /* valid until the next call */
    size_t data_size;
    bool last;
    unsigned resent;   /* packets that were sent again */
    unsigned ignored;  /* packets that made no sense or came from somebody else */
    /* its own: */
    struct tftp_request request;
    char name[TFTP_NAME_MAX + 1];
    bool options;      /* asked for in the request */
    unsigned block;    /* bytes of a full block, agreed on */
    uint16_t number;   /* of the last block received, counting modulo 65,536 */
    uint16_t peer;     /* port of the server; 0 in STATE_REQUEST */
    uint64_t started_us, progress_us, resend_us, interval_us;
    unsigned early_first, early_count; /* ring: blocks number + 1, number + 2, ... */
    struct tftp_early early[TFTP_AHEAD];
    struct tftp_out sent;   /* last packet to the server, for resends */
    bool pending;           /* it has to be sent */
    struct tftp_out stray;  /* to a stranger, or an error as last word */
    struct tftp_out leaving; /* that one, while the user sends it */
};

/** Begins: the request is ready to be sent. False: the request makes no sense, nothing is done. */
bool tftp_start(struct tftp *tftp, const struct tftp_request *request, uint64_t now_us);

/** A packet of @size bytes has come from @port of the server's address. */
enum tftp_event tftp_packet(struct tftp *tftp, uint16_t port, const void *bytes, size_t size,
                            uint64_t now_us);

/**
 * The user has done with the last event: the ACK goes out. Nothing if none was open. If the next
 * block has come already, it is the next event, and only the last one gets an ACK: there are
 * servers (QEMU's) that send one more block for each ACK, repeated ones included, and none twice.
 */
enum tftp_event tftp_next(struct tftp *tftp, uint64_t now_us);

/** Time has passed: resends, gives up (TFTP_FAILED, once). */
enum tftp_event tftp_tick(struct tftp *tftp, uint64_t now_us);

/** When tftp_tick() has something to do; ~0: never. */
uint64_t tftp_deadline(const struct tftp *tftp);

/** The user cannot go on: tells the server (@full: no room left). No event. */
void tftp_abort(struct tftp *tftp, bool full);

/** The next packet to send, null if there is none. Valid until the next call. */
const struct tftp_out *tftp_output(struct tftp *tftp);

/** A sentence for @failure. */
const char *tftp_failure_text(enum tftp_failure failure);

/**
 * The path that the server gets for the file name @name of a boot script: "(nd)/a/b", "(nd)a/b",
 * "/a/b" and "a/b" all mean a/b. Null: no name at all, or a component "..".
 */
const char *tftp_path(const char *name);
