/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "errors/errors.h"
#include "idl/log.h"
#include "ipc/ipc.h"
#include "serve.h"
#include "server/books.h"

static struct sessions sessions;
static const struct ipc_kind session_kind;

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
        session_close(session, &log_console);
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
    reply = session_vcon(call->object->data, mr, l4_msgtag_words(call->tag), &log_console);
    if (reply.label < 0)
        return reply.label;
    memcpy(ipc_utcb()->mr, reply.mr, sizeof(reply.mr));
    ipc_foreign_reply(call, 0, reply.words, 0);
    return 0;
}

static void session_gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    session_close(object->data, &log_console);
}

static void print_books(FILE *to)
{
    sessions_books(&sessions, to);
}

static const struct log_ops base_ops = {.open = op_open};
static const struct service base = {log_dispatch, &base_ops, print_books};
const struct ipc_kind log_base_kind = {.name = "base", .dispatch = service_dispatch, .ops = &base};
static const struct ipc_kind session_kind = {.name = "session", .foreign = session_message,
                                             .gone = session_gone};
