/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "idl/log.h"
#include "ipc/ipc.h"
#include "l4sys/log.h"
#include "server/books.h"
#include "sessions.h"

/* LOG: opens sessions, takes their text, writes whole lines to the kernel console. */

static struct sessions sessions;
static struct ipc_object objects[SESSIONS_MAX + 1];
static struct ipc_reply_slot replies[1];
static const struct ipc_kind session_kind;

/* One message a line: the kernel console is never asked to show half of one. */
static void put_line(void *to, const char *text, size_t size)
{
    (void)to;
    l4_log_write(TASK_CAP_LOG, text, size);
}

_Static_assert(LINE_MAX <= L4_LOG_WRITE_MAX, "a line fits into one message");

static const struct line_sink console = {put_line, NULL};

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
        session_close(session, &console);
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
    reply = session_vcon(call->object->data, mr, l4_msgtag_words(call->tag), &console);
    if (reply.label < 0)
        return reply.label;
    memcpy(ipc_utcb()->mr, reply.mr, sizeof(reply.mr));
    ipc_foreign_reply(call, 0, reply.words, 0);
    return 0;
}

static void session_gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    session_close(object->data, &console);
}

static void print_books(FILE *to)
{
    sessions_books(&sessions, to);
}

static const struct log_ops base_ops = {.open = op_open};
static const struct service base = {log_dispatch, &base_ops, print_books};
static const struct ipc_kind base_kind = {.name = "base", .dispatch = service_dispatch,
                                          .ops = &base};
static const struct ipc_kind session_kind = {.name = "session", .foreign = session_message,
                                             .gone = session_gone};

int main(void)
{
    static struct ipc_server server = {
        .name = "log", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = SESSIONS_MAX + 1,
        .replies = replies, .reply_count = 1,
    };
    long result = ipc_server_init(&server);

    if (result == 0)
        result = ipc_service_adopt(&server, &base_kind, NULL, TASK_CAP_SERVICE);
    if (result == 0) {
        printf("log: ready\n");
        fflush(stdout);
        result = ipc_serve(&server);
    }
    printf("log: stop: %s\n", error_text(result));
    return 1;
}
