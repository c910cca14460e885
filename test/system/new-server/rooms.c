/* SPDX-License-Identifier: BSD-2-Clause */
#include "idl/names.h"
#include "ipc/ipc.h"
#include "server/books.h"
#include "server/rows.h"
#include "server/server.h"

#include <task/slots.h>

/*
 * A resource server that nobody was told about: it lets rooms to clients, each a gate, and hears
 * from the kernel when a guest is gone. It speaks `names`: query gives a room, list says how many
 * are let.
 */

enum { ROOMS = 64 };

static struct ipc_object objects[ROOMS + 2];
static struct ipc_reply_slot replies[1];
static unsigned let;

static void gone(struct ipc_server *server, struct ipc_object *object)
{
    (void)server, (void)object;
    let--;
}

static const struct names_ops room_ops;
static const struct ipc_kind room_kind = {
    .name = "room", .dispatch = names_dispatch, .ops = &room_ops, .gone = gone};

static long op_query(struct ipc_call *call, const char *name, uint64_t timeout_us,
                     struct ipc_cap_out *room)
{
    struct ipc_object *object;
    long error = ipc_object_create(call->server, &room_kind, NULL, &object);

    (void)name, (void)timeout_us;
    if (error < 0)
        return error;
    let++;
    ipc_gate_out(call, object, L4_CAP_RW, room);
    return 0;
}

static void print_books(FILE *to)
{
    struct books_row row = {"guests", "room", let, 0};

    books_write(to, "rooms", &row, 1);
}

static const struct names_ops base_ops = {.query = op_query};
static const struct service base = {names_dispatch, &base_ops, print_books};
static const struct ipc_kind base_kind = {
    .name = "base", .dispatch = service_dispatch, .ops = &base};

int main(void)
{
    static struct ipc_server server = {
        .name = "rooms", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = ROOMS + 2, .replies = replies, .reply_count = 1};
    struct ipc_object *gate = NULL;

    server_check("server", ipc_server_init(&server));
    server_check("gate", ipc_service_create(&server, &base_kind, NULL, &gate));
    server_check("register ROOMS", server_register("ROOMS", gate->gate));
    server_check("serve", ipc_serve(&server));
    return 1;
}
