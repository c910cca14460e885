/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "errors/errors.h"
#include "idl/names.h"
#include "ipc/ipc.h"
#include "server/books.h"
#include "server/rows.h"
#include "sessions.h"

static struct session sessions[SESSIONS_MAX];
static struct entry entries[ENTRIES_MAX];
static uint16_t sorted[ENTRIES_MAX];
static struct table table;
static struct waiters waiters;

void names_init(void)
{
    table_init(&table, entries, sorted, ENTRIES_MAX);
    memset(sessions, 0, sizeof(sessions));
    memset(&waiters, 0, sizeof(waiters));
}

/* Names and tags stand in lists that are read word by word. */
static void copy_word(char *to, const char *text)
{
    unsigned i = 0;

    for (; i < NAME_MAX_LENGTH && text[i]; i++)
        to[i] = (unsigned char)text[i] <= ' ' || text[i] == 0x7f ? '.' : text[i];
    to[i] = 0;
}

static void fill_entry(struct entry *entry, const char *name, const char *owner)
{
    *entry = (struct entry){.slot = 0};
    strncpy(entry->name, name, NAME_MAX_LENGTH); /* zeroed before, one longer than that */
    copy_word(entry->owner, owner);
}

long names_enter(const char *name, l4_cap_t slot)
{
    struct entry new;

    fill_entry(&new, name, "names");
    new.slot = slot;
    return table_add(&table, &new);
}

static void remove_entry(struct entry *entry)
{
    if (entry->session)
        slots_release(entry->slot);
    table_remove(&table, entry);
}

/* The entry called @name whose service lives; one whose service has died goes now. */
static struct entry *find_live(const char *name)
{
    struct entry *entry = table_find(&table, name);

    if (entry && !ipc_kernel_valid(entry->slot)) {
        remove_entry(entry);
        return NULL;
    }
    return entry;
}

static void remove_dead(void)
{
    for (unsigned i = table.count; i-- > 0;)
        if (!ipc_kernel_valid(table_at(&table, i)->slot))
            remove_entry(table_at(&table, i));
}

static void answer(struct ipc_server *server, struct waiter *waiter, long result, l4_cap_t slot)
{
    struct ipc_cap_out service = {0};

    if (result == 0)
        ipc_slot_out(slot, L4_CAP_RWS, &service);
    names_query_reply(server, &waiter->later, result, &service);
    waiter->waiting = false;
}

/* Answers all that match @wanted: with the capability in @slot, or with the error @result. */
static void answer_all(struct ipc_server *server, struct wanted wanted, long result, l4_cap_t slot)
{
    struct waiter *waiter;

    while ((waiter = waiters_find(&waiters, &wanted)))
        answer(server, waiter, result, slot);
    server->deadline_us = waiters_deadline(&waiters);
}

void names_tick(struct ipc_server *server)
{
    struct wanted over = {.until_us = ipc_kernel_clock(server->kip)};

    answer_all(server, over, -ERR_ENOENT, 0);
}

static long op_register(struct ipc_call *call, const char *name, struct ipc_cap_in *service)
{
    const struct session *session = call->object->data;
    struct entry new;
    long result;

    if (!(call->rights & L4_CAP_S))
        return -ERR_EPERM;
    if (!name_valid(name))
        return -ERR_EINVAL;
    if (find_live(name))
        return -ERR_EEXIST;
    if (table.count == table.max)
        return -ERR_ENOSPC;
    fill_entry(&new, name, session->tag);
    new.session = session;
    result = ipc_take_cap_weak(call, service, &new.slot);
    if (result < 0)
        return result;
    result = table_add(&table, &new);
    if (result < 0) {
        slots_release(new.slot);
        return result;
    }
    answer_all(call->server, (struct wanted){.name = name}, 0, new.slot);
    return 0;
}

static long op_query(struct ipc_call *call, const char *name, uint64_t timeout_us,
                     struct ipc_cap_out *service)
{
    struct entry *entry = find_live(name);
    struct waiter *waiter;
    long result;

    if (entry) {
        ipc_slot_out(entry->slot, L4_CAP_RWS, service);
        return 0;
    }
    if (!name_valid(name))
        return -ERR_EINVAL;
    if (timeout_us == 0)
        return -ERR_ENOENT;
    waiter = waiters_add(&waiters, call->object->data);
    if (!waiter)
        return -ERR_EAGAIN;
    result = ipc_defer(call, &waiter->later);
    if (result < 0) {
        waiter->waiting = false;
        return result;
    }
    strncpy(waiter->name, name, NAME_MAX_LENGTH); /* zeroed before */
    waiter->deadline_us = wait_deadline(ipc_kernel_clock(call->server->kip), timeout_us);
    call->server->deadline_us = waiters_deadline(&waiters);
    return IPC_LATER;
}

static long op_unregister(struct ipc_call *call, const char *name)
{
    struct entry *entry = find_live(name);

    if (!entry)
        return -ERR_ENOENT;
    if (entry->session != call->object->data)
        return -ERR_EPERM;
    remove_entry(entry);
    return 0;
}

static long op_list(struct ipc_call *call, uint32_t first, uint32_t *total,
                    struct names_entry *out, uint32_t *count)
{
    (void)call;
    if (first == 0)
        remove_dead();
    *total = table.count;
    *count = 0;
    for (; *count < 4 && first < table.count; first++, (*count)++) {
        const struct entry *entry = table_at(&table, first);
        memcpy(out[*count].name, entry->name, sizeof(entry->name));
        memcpy(out[*count].owner, entry->owner, sizeof(entry->owner));
    }
    return 0;
}

/* The client of a session is gone: so are its names, and nobody waits for an answer. */
static void session_gone(struct ipc_server *server, struct ipc_object *object)
{
    struct session *session = object->data;

    for (unsigned i = table.count; i-- > 0;)
        if (table_at(&table, i)->session == session)
            remove_entry(table_at(&table, i));
    answer_all(server, (struct wanted){.session = session}, -ERR_ENOENT, 0);
    session->open = false;
}

static struct session *free_session(void)
{
    for (unsigned i = 0; i < SESSIONS_MAX; i++)
        if (!sessions[i].open)
            return &sessions[i];
    return NULL;
}

static long op_open(struct ipc_call *call, const char *tag, struct ipc_cap_out *gate)
{
    struct session *session = free_session();
    struct ipc_object *object;
    long result;

    if (!(call->rights & L4_CAP_S))
        return -ERR_EPERM;
    if (!session)
        return -ERR_ENOSPC;
    result = ipc_object_create(call->server, &names_session_kind, session, &object);
    if (result < 0)
        return result;
    session->open = true;
    copy_word(session->tag, tag[0] ? tag : "?");
    ipc_gate_out(call, object, L4_CAP_RWS, gate);
    return 0;
}

static void print_books(FILE *to)
{
    static struct books_row rows[ENTRIES_MAX + SESSIONS_MAX + WAITERS_MAX];
    unsigned count = 0;

    remove_dead();
    for (unsigned i = 0; i < table.count; i++)
        rows[count++] = (struct books_row){table_at(&table, i)->owner, "entry", 1, 0};
    for (unsigned i = 0; i < SESSIONS_MAX; i++)
        if (sessions[i].open)
            rows[count++] = (struct books_row){sessions[i].tag, "session", 1, 0};
    for (unsigned i = 0; i < WAITERS_MAX; i++)
        if (waiters.table[i].waiting) {
            const struct session *session = waiters.table[i].session;
            rows[count++] = (struct books_row){session->tag, "waiter", 1, 0};
        }
    books_write(to, "names", rows, count);
}

static const struct names_ops base_ops = {.open = op_open};
static const struct names_ops session_ops = {.register_ = op_register, .query = op_query,
                                             .unregister = op_unregister, .list = op_list};
static const struct service base = {names_dispatch, &base_ops, print_books};

const struct ipc_kind names_base_kind = {.name = "base", .dispatch = service_dispatch,
                                         .ops = &base};
const struct ipc_kind names_session_kind = {.name = "session", .dispatch = names_dispatch,
                                            .ops = &session_ops, .gone = session_gone};
