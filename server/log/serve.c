/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "errors/errors.h"
#include "idl/log.h"
#include "idl/log_session.h"
#include "input.h"
#include "ipc/ipc.h"
#include "ipc/transport.h"
#include "serve.h"
#include "server/books.h"

#define READ_PATIENCE_US 30000000 /* then the reader is told to ask again */
#define QUIET_US         250000   /* without output, then the line being typed is shown again */

_Static_assert(INPUT_LINE + 1 <= 200, "a line of input fits into an answer");

static struct sessions sessions;
static struct input input;
static struct ipc_server *serving;
static uint64_t last_output_us;
static uint64_t show_at_us; /* 0: nothing to show */
static const struct ipc_kind session_kind;

/* ---- time ---- */

static uint64_t now_us(void)
{
    return ipc_kernel_clock(serving->kip);
}

/* The earliest of what log_tick() has to do. */
static void set_deadline(void)
{
    uint64_t earliest = show_at_us;

    for (unsigned i = 0; i < input.count; i++) {
        const struct reader *r = input.order[i];
        if (r->waiting && (!earliest || r->deadline_us < earliest))
            earliest = r->deadline_us;
    }
    serving->deadline_us = earliest;
}

static void show_later(void)
{
    show_at_us = input_hidden(&input) ? last_output_us + QUIET_US : 0;
    set_deadline();
}

void log_init(struct ipc_server *server)
{
    serving = server;
    show_at_us = last_output_us = 0;
    memset(&sessions, 0, sizeof(sessions));
    input = (struct input){.console = &log_console};
}

/* ---- output ---- */

static void put_output(void *to, const char *text, size_t size)
{
    (void)to;
    input_hide(&input);
    log_console.put(log_console.to, text, size);
    last_output_us = now_us();
    show_later();
}

const struct line_sink log_output = {put_output, NULL};

/* ---- input ---- */

/* What does not reach its reader, who was called away, waits for its next request. */
static void answer(struct reader *reader)
{
    struct reader before = *reader;
    char text[INPUT_LINE + 2];

    input_take(reader, reader->size, text);
    if (log_session_read_reply(serving, &reader->later, 0, text) < 0) {
        *reader = before;
        reader->waiting = false;
    }
}

void log_typed(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        struct reader *reader = input_key(&input, text[i]);
        if (reader)
            answer(reader);
    }
    show_later();
}

/* Tells the caller, if one waits, and frees its reply slot. */
static void stop_waiting(struct reader *reader, long error)
{
    if (reader->waiting)
        ipc_later_fail(serving, &reader->later, error);
    reader->waiting = false;
}

void log_tick(struct ipc_server *server)
{
    uint64_t now = now_us();

    (void)server;
    if (show_at_us && now >= show_at_us)
        input_show(&input);
    for (unsigned i = 0; i < input.count; i++) {
        struct reader *r = input.order[i];
        if (now >= r->deadline_us)
            stop_waiting(r, -ERR_EAGAIN);
    }
    show_later();
}

static long wait_for_line(struct ipc_call *call, struct reader *reader, uint32_t size)
{
    long result = ipc_defer(call, &reader->later);

    if (result < 0)
        return result;
    reader->size = size;
    reader->waiting = true;
    reader->deadline_us = now_us() + READ_PATIENCE_US;
    show_later();
    return IPC_LATER;
}

static long op_read(struct ipc_call *call, uint32_t size, char *text)
{
    struct session *session = call->object->data;
    struct reader *reader;

    if (!(call->rights & L4_CAP_W))
        return -ERR_EPERM;
    if (size == 0)
        return -ERR_EINVAL;
    reader = input_reader(&input, &session->line);
    if (!reader)
        return -ERR_ENOSPC;
    session->reads = true;
    stop_waiting(reader, -ERR_EBUSY);
    if (size > INPUT_LINE + 1)
        size = INPUT_LINE + 1;
    if (!input_ready(&input, reader))
        return wait_for_line(call, reader, size);
    input_take(reader, size, text);
    return 0;
}

static long op_interrupted(struct ipc_call *call, bool *yes)
{
    struct session *session = call->object->data;
    struct reader *reader = input_known(&input, &session->line);

    *yes = reader && reader->interrupted;
    if (reader)
        reader->interrupted = false;
    return 0;
}

static void stop_reading(const struct session *session)
{
    struct reader *reader = input_known(&input, &session->line);

    if (!reader)
        return;
    stop_waiting(reader, -ERR_ENOENT);
    input_leave(&input, &session->line);
}

/* ---- sessions ---- */

static long op_open(struct ipc_call *call, const char *tag, struct ipc_cap_out *gate)
{
    struct ipc_object *object;
    struct session *session;
    long result;

    if (!(call->rights & L4_CAP_S))
        return -ERR_EPERM;
    session = session_open(&sessions, tag);
    if (!session)
        return -ERR_ENOSPC;
    result = ipc_object_create(call->server, &session_kind, session, &object);
    if (result < 0) {
        session_close(session, &log_output);
        return result;
    }
    ipc_gate_out(call, object, L4_CAP_RW, gate);
    return 0;
}

/* The messages of a session are the kernel's vcon protocol. */
static long session_message(struct ipc_call *call)
{
    struct vcon_reply reply;
    uint64_t mr[L4_UTCB_MR];

    if (l4_msgtag_label(call->tag) != L4_PROTO_LOG)
        return -ERR_EBADPROTO;
    memcpy(mr, ipc_utcb()->mr, sizeof(mr)); /* showing a line overwrites the UTCB */
    reply = session_vcon(call->object->data, mr, l4_msgtag_words(call->tag), &log_output);
    if (reply.label < 0)
        return reply.label;
    memcpy(ipc_utcb()->mr, reply.mr, sizeof(reply.mr));
    ipc_foreign_reply(call, 0, reply.words, 0);
    return 0;
}

static void session_gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    stop_reading(object->data);
    session_close(object->data, &log_output);
    show_later();
}

static void print_books(FILE *to)
{
    sessions_books(&sessions, to);
}

static const struct log_ops base_ops = {.open = op_open};
static const struct service base = {log_dispatch, &base_ops, print_books};
const struct ipc_kind log_base_kind = {.name = "base", .dispatch = service_dispatch, .ops = &base};
static const struct log_session_ops session_ops = {.read = op_read, .interrupted = op_interrupted};
static const struct ipc_kind session_kind = {
    .name = "session", .dispatch = log_session_dispatch, .ops = &session_ops,
    .foreign = session_message, .gone = session_gone};
