/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tftp/packet.h"

/* The state machine of one transfer. */

static void resend_from(struct tftp *t, uint64_t now)
{
    t->progress_us = now;
    t->interval_us = t->request.first_us;
    t->resend_us = now + t->interval_us;
}

static void send_request(struct tftp *t, uint64_t now)
{
    t->state = TFTP_STATE_REQUEST;
    t->peer = 0;
    t->block = TFTP_BLOCK_PLAIN;
    tftp_encode_read(&t->sent, t->name, t->request.block, t->options);
    t->sent.port = TFTP_PORT;
    t->pending = true;
    resend_from(t, now);
}

static bool sensible(const struct tftp_request *r)
{
    size_t length = strlen(r->name);

    return length > 0 && length <= TFTP_NAME_MAX && r->block >= TFTP_BLOCK_MIN
           && r->block <= TFTP_BLOCK_MAX && r->first_us > 0 && r->longest_us >= r->first_us;
}

bool tftp_start(struct tftp *t, const struct tftp_request *request, uint64_t now)
{
    if (!sensible(request))
        return false;
    memset(t, 0, sizeof *t);
    t->request = *request;
    strcpy(t->name, request->name);
    t->request.name = NULL; /* the user's; from now on ours counts */
    t->options = true;
    t->size = TFTP_SIZE_UNKNOWN;
    t->started_us = now;
    send_request(t, now);
    return true;
}

/* Says to @port why it gets nothing more from us. */
static void last_word(struct tftp *t, uint16_t port, enum tftp_code code, const char *text)
{
    tftp_encode_error(&t->stray, code, text);
    t->stray.port = port;
}

static enum tftp_event fail(struct tftp *t, enum tftp_failure failure)
{
    t->state = TFTP_STATE_FAILED;
    t->failure = failure;
    t->pending = false;
    return TFTP_FAILED;
}

/* Fails and tells the server. */
static enum tftp_event give_up(struct tftp *t, enum tftp_failure failure, enum tftp_code code)
{
    if (t->peer)
        last_word(t, t->peer, code, tftp_failure_text(failure));
    return fail(t, failure);
}

static enum tftp_event ignore(struct tftp *t)
{
    t->ignored++;
    return TFTP_NOTHING;
}

/* The last ACK (or the request) goes out once more. */
static enum tftp_event again(struct tftp *t)
{
    t->pending = true;
    t->resent++;
    return TFTP_NOTHING;
}

static void keep_text(struct tftp *t, const struct tftp_in *in)
{
    size_t i = 0;

    for (; i < in->size && i < TFTP_TEXT_MAX && in->bytes[i]; i++)
        t->text[i] = in->bytes[i] < ' ' || in->bytes[i] > '~' ? '?' : (char)in->bytes[i];
    t->text[i] = 0;
}

/* Servers that know no options may say so, or call the request illegal: once more without. */
static enum tftp_event error(struct tftp *t, const struct tftp_in *in, uint64_t now)
{
    bool about_options = in->number == TFTP_CODE_OPTIONS || in->number == TFTP_CODE_ILLEGAL;

    if (t->state == TFTP_STATE_REQUEST && t->options && about_options) {
        t->options = false;
        send_request(t, now);
        return TFTP_NOTHING;
    }
    keep_text(t, in);
    return fail(t, in->number == TFTP_CODE_NO_FILE || in->number == TFTP_CODE_ACCESS
                       ? TFTP_NO_FILE : TFTP_REFUSED);
}

static enum tftp_event oack(struct tftp *t, uint16_t port, const struct tftp_in *in)
{
    struct tftp_options options;

    if (!t->options)
        return ignore(t);
    t->peer = port;
    if (!tftp_decode_options(in, &options) || options.block > t->request.block)
        return give_up(t, TFTP_BAD_REPLY, TFTP_CODE_OPTIONS);
    if (options.block)
        t->block = options.block;
    t->size = options.size;
    t->state = TFTP_STATE_HELD;
    return TFTP_SIZE;
}

static enum tftp_event data(struct tftp *t, const struct tftp_in *in)
{
    uint64_t end = t->offset + in->size;

    if (in->size > t->block)
        return ignore(t);
    bool last = in->size < t->block;
    if (end > (t->size == TFTP_SIZE_UNKNOWN ? TFTP_SIZE_MAX : t->size)
        || (last && t->size != TFTP_SIZE_UNKNOWN && end < t->size))
        return give_up(t, TFTP_BAD_SIZE, TFTP_CODE_OTHER);
    t->number++;
    t->data = in->bytes;
    t->data_size = in->size;
    t->last = last;
    t->state = TFTP_STATE_HELD;
    return TFTP_DATA;
}

/* A block that comes while the user has not done with the one before. */
static bool keep(struct tftp *t, const struct tftp_in *in)
{
    if (t->last || in->size > t->block || t->early_count == TFTP_AHEAD)
        return false;
    struct tftp_early *e = &t->early[(t->early_first + t->early_count++) % TFTP_AHEAD];
    e->size = (uint16_t)in->size;
    memcpy(e->bytes, in->bytes, in->size);
    return true;
}

static enum tftp_event take_early(struct tftp *t)
{
    const struct tftp_early *e = &t->early[t->early_first];

    t->early_first = (t->early_first + 1) % TFTP_AHEAD;
    t->early_count--;
    return data(t, &(struct tftp_in){.op = TFTP_OP_DATA, .bytes = e->bytes, .size = e->size});
}

/* The first valid answer says which port the server has chosen. */
static enum tftp_event first_answer(struct tftp *t, uint16_t port, const struct tftp_in *in,
                                    uint64_t now)
{
    if (in->op == TFTP_OP_ERROR)
        return error(t, in, now);
    if (in->op == TFTP_OP_OACK)
        return oack(t, port, in);
    if (in->number != 1 || in->size > t->block)
        return ignore(t);
    t->peer = port;
    return data(t, in); /* a server without options */
}

static enum tftp_event stranger(struct tftp *t, uint16_t port, const struct tftp_in *in)
{
    if (in->op != TFTP_OP_ERROR) /* two sides must never answer each other's errors */
        last_word(t, port, TFTP_CODE_STRANGER, "unknown transfer");
    return ignore(t);
}

static enum tftp_event further_answer(struct tftp *t, const struct tftp_in *in, uint64_t now)
{
    bool open = t->state == TFTP_STATE_WAIT || t->state == TFTP_STATE_HELD;

    if (in->op == TFTP_OP_ERROR)
        return open ? error(t, in, now) : ignore(t);
    bool repeated = in->op == TFTP_OP_OACK ? t->number == 0 && t->offset == 0
                                           : in->number == t->number;
    if (repeated && (t->state == TFTP_STATE_WAIT || t->state == TFTP_STATE_DONE))
        return again(t);
    if (in->op == TFTP_OP_DATA && in->number == (uint16_t)(t->number + t->early_count + 1)) {
        if (t->state == TFTP_STATE_WAIT)
            return data(t, in);
        if (t->state == TFTP_STATE_HELD && keep(t, in))
            return TFTP_NOTHING;
    }
    return ignore(t);
}

enum tftp_event tftp_packet(struct tftp *t, uint16_t port, const void *bytes, size_t size,
                            uint64_t now)
{
    struct tftp_in in;

    if (t->state == TFTP_STATE_FAILED || port == 0 || !tftp_decode(bytes, size, &in))
        return ignore(t);
    if (t->state == TFTP_STATE_REQUEST)
        return first_answer(t, port, &in, now);
    if (port != t->peer)
        return stranger(t, port, &in);
    return further_answer(t, &in, now);
}

enum tftp_event tftp_next(struct tftp *t, uint64_t now)
{
    if (t->state != TFTP_STATE_HELD)
        return TFTP_NOTHING;
    t->offset += t->data_size;
    t->state = t->last ? TFTP_STATE_DONE : TFTP_STATE_WAIT;
    t->data = NULL;
    t->data_size = 0;
    tftp_encode_ack(&t->sent, t->number);
    t->sent.port = t->peer;
    resend_from(t, now);
    if (!t->last && t->early_count > 0)
        return take_early(t);
    t->pending = true;
    return TFTP_NOTHING;
}

static bool waits_for_server(const struct tftp *t)
{
    return t->state == TFTP_STATE_REQUEST || t->state == TFTP_STATE_WAIT;
}

static bool is_open(const struct tftp *t)
{
    return waits_for_server(t) || t->state == TFTP_STATE_HELD;
}

/* The user's moments may be a little older than ours. */
static uint64_t since(uint64_t then, uint64_t now)
{
    return now > then ? now - then : 0;
}

enum tftp_event tftp_tick(struct tftp *t, uint64_t now)
{
    if (is_open(t) && since(t->started_us, now) >= t->request.total_us)
        return give_up(t, TFTP_TOO_LONG, TFTP_CODE_OTHER);
    if (!waits_for_server(t))
        return TFTP_NOTHING;
    if (since(t->progress_us, now) >= t->request.silence_us)
        return give_up(t, TFTP_SILENT, TFTP_CODE_OTHER);
    if (now < t->resend_us)
        return TFTP_NOTHING;
    t->interval_us = t->interval_us * 2 < t->request.longest_us ? t->interval_us * 2
                                                                : t->request.longest_us;
    t->resend_us = now + t->interval_us;
    return again(t);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t tftp_deadline(const struct tftp *t)
{
    uint64_t end = t->started_us + t->request.total_us;

    if (!is_open(t))
        return ~0ull;
    if (!waits_for_server(t))
        return end;
    return smaller(end, smaller(t->resend_us, t->progress_us + t->request.silence_us));
}

void tftp_abort(struct tftp *t, bool full)
{
    if (is_open(t))
        give_up(t, TFTP_ABORTED, full ? TFTP_CODE_FULL : TFTP_CODE_OTHER);
}

const struct tftp_out *tftp_output(struct tftp *t)
{
    if (t->pending) {
        t->pending = false;
        return &t->sent;
    }
    if (t->stray.size == 0)
        return NULL;
    t->leaving = t->stray;
    t->stray.size = 0;
    return &t->leaving;
}
