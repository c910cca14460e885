/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "errors/errors.h"
#include "faulty.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "ipc/ipc.h"
#include "ipc/slots.h"
#include "server/area.h"
#include "server/server.h"

/*
 * A dataspace manager that stands between DM_REAL (dm_phys) and everybody else, as DM_PHYS: each
 * session and dataspace of its own stands for one of dm_phys. Pages go through a window of it per
 * dataspace, so that what dm_phys takes away is away everywhere. Its n-th call goes wrong.
 */

enum { THINGS = 4096, PAGES = 24, NAME = 33 };

/** A session or a dataspace. */
struct thing {
    bool busy, session;
    char client[NAME]; /* whose */
    l4_cap_t real;
    uint64_t size, window; /* dataspace: bytes; where it is mapped here, 0: not yet */
};

static struct thing things[THINGS];
static struct ipc_object objects[THINGS + 8];
static struct ipc_reply_slot replies[1];
static struct ipc_object *nobody; /* a gate that is no dataspace */
static const struct ipc_kind session_kind, dataspace_kind;

static struct ipc_server server = {
    .name = "inject_dm", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
    .objects = objects, .object_count = THINGS + 8, .replies = replies, .reply_count = 1,
};

static struct thing *thing_of(const struct ipc_call *call)
{
    return call->object->data;
}

static struct thing *thing_make(bool session, const char *client)
{
    for (unsigned i = 0; i < THINGS; i++) {
        if (things[i].busy)
            continue;
        things[i] = (struct thing){.busy = true, .session = session, .real = slots_alloc()};
        strncpy(things[i].client, client, NAME - 1);
        return &things[i];
    }
    return NULL;
}

static void thing_free(struct thing *thing)
{
    slots_release(thing->real);
    if (thing->window)
        area_free(thing->window);
    thing->busy = false;
}

static void gone(struct ipc_server *s, struct ipc_object *object)
{
    (void)s;
    thing_free(object->data);
}

/** Ends an operation that hands out @thing, whose real one has been asked for with @result. */
static long hand_out(struct ipc_call *call, struct thing *thing, long result,
                     struct ipc_cap_out *out)
{
    struct ipc_object *object;

    if (result >= 0)
        result = ipc_object_create(call->server, thing->session ? &session_kind : &dataspace_kind,
                                   thing, &object);
    if (result < 0) {
        thing_free(thing);
        return result;
    }
    ipc_gate_out(call, object, thing->session ? L4_CAP_RWS : L4_CAP_RW, out);
    return 0;
}

/** Counts the call. True if it goes wrong, with its @result; @out: what it hands out, or null. */
static bool wrong(struct ipc_call *call, struct ipc_cap_out *out, long *result)
{
    uint32_t mode = faulty_call();

    *result = -ERR_ENOMEM;
    if (mode == INJECT_FOREIGN && out) {
        ipc_gate_out(call, nobody, L4_CAP_RW, out);
        *result = 0;
    }
    return mode == INJECT_ERROR || mode == INJECT_FOREIGN;
}

static long op_session(struct ipc_call *call, const char *name, uint64_t limit,
                       struct ipc_cap_out *session)
{
    long result;

    if (!(call->rights & L4_CAP_S))
        return -ERR_EPERM;
    if (wrong(call, session, &result))
        return result;
    struct thing *new = thing_make(true, name);
    if (!new)
        return -ERR_ENOMEM;
    return hand_out(call, new, dm_session(thing_of(call)->real, name, limit, new->real), session);
}

static long op_open(struct ipc_call *call, uint64_t size, uint32_t flags, const char *name,
                    struct ipc_cap_out *dataspace)
{
    long result;

    if (wrong(call, dataspace, &result))
        return result;
    struct thing *new = thing_make(false, thing_of(call)->client);
    if (!new)
        return -ERR_ENOMEM;
    new->size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    return hand_out(call, new, dm_open(thing_of(call)->real, size, flags, name, new->real),
                    dataspace);
}

/** dm_phys's capability for what a client calls @cap. */
static l4_cap_t real_of(struct ipc_call *call, struct ipc_cap_in *cap)
{
    struct ipc_object *object = ipc_local_object(call->server, cap);

    if (object && object->kind == &dataspace_kind)
        return ((struct thing *)object->data)->real;
    return cap->slot ? cap->slot : nobody->gate; /* not ours: dm_phys shall say so */
}

static long op_copy(struct ipc_call *call, struct ipc_cap_in *source, uint64_t offset,
                    uint64_t size, const char *name, struct ipc_cap_out *dataspace)
{
    long result;

    if (wrong(call, dataspace, &result))
        return result;
    struct thing *new = thing_make(false, thing_of(call)->client);
    if (!new)
        return -ERR_ENOMEM;
    new->size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    return hand_out(call, new, dm_copy(thing_of(call)->real, real_of(call, source), offset, size,
                                       name, new->real), dataspace);
}

/** Pages that dm_phys takes away here are away in all who have them from here. */
static long op_replace(struct ipc_call *call, struct ipc_cap_in *target, uint64_t offset,
                       struct ipc_cap_in *source)
{
    long result;

    if (wrong(call, NULL, &result))
        return result;
    return dm_replace(thing_of(call)->real, real_of(call, target), offset, real_of(call, source));
}

static long op_info(struct ipc_call *call, uint64_t *limit, uint64_t *used, uint64_t *peak,
                    uint64_t *shared, uint32_t *dataspaces)
{
    long result;

    if (wrong(call, NULL, &result))
        return result;
    return dm_info(thing_of(call)->real, limit, used, peak, shared, dataspaces);
}

static long op_memory(struct ipc_call *call, uint64_t *free, uint64_t *used)
{
    return dm_memory(thing_of(call)->real, free, used);
}

static long op_check(struct ipc_call *call, struct ipc_cap_in *dataspace, uint64_t *size)
{
    long result;

    if (wrong(call, NULL, &result))
        return result;
    return dm_check(thing_of(call)->real, real_of(call, dataspace), size);
}

/* ---- dataspaces ---- */

static long op_size(struct ipc_call *call, uint64_t *size, char *name)
{
    return dataspace_info(thing_of(call)->real, size, name);
}

/** Cuts [@from, @from + @size) into flexpages that appear at @spot; bytes covered. */
static uint64_t cut(const uint64_t *range, unsigned rights, struct ipc_page *pages,
                    uint32_t *count)
{
    uint64_t from = range[0], spot = range[1], size = range[2], done = 0;

    for (*count = 0; *count < PAGES && done < size; (*count)++) {
        unsigned order = L4_PAGE_SHIFT;
        while (order < 22 && done + (2ull << order) <= size
               && !(((from + done) | (spot + done)) & ((2ull << order) - 1)))
            order++;
        pages[*count] = (struct ipc_page){
            .hot_spot = spot + done, .fpage = l4_fpage_mem(from + done, order, rights)};
        done += 1ull << order;
    }
    return done;
}

static long op_map(struct ipc_call *call, uint64_t offset, uint64_t size, uint64_t spot,
                   uint32_t rights, uint64_t *mapped, struct ipc_page *pages, uint32_t *count)
{
    struct thing *thing = thing_of(call);
    struct ipc_window here = {.fpage = l4_fpage_all_memory()};
    uint32_t mode = faulty_call();

    if (mode == INJECT_ERROR || mode == INJECT_FOREIGN)
        return -ERR_ENOMEM;
    *mapped = *count = 0;
    if (mode == INJECT_EMPTY)
        return 0;
    if ((rights & L4_FPAGE_W) && !(call->rights & L4_CAP_W))
        return -ERR_EPERM;
    if (!thing->window && !(thing->window = area_alloc(thing->size)))
        return -ERR_ENOMEM;
    long result = dataspace_map(thing->real, offset, size, thing->window + offset, rights, mapped,
                                &here);
    if (result < 0)
        return result;
    *mapped = cut((uint64_t[]){thing->window + offset, spot, *mapped}, rights, pages, count);
    return 0;
}

static long op_phys(struct ipc_call *call, uint64_t offset, uint64_t *address, uint64_t *size)
{
    return dataspace_phys(thing_of(call)->real, offset, address, size);
}

static long op_clear(struct ipc_call *call, uint64_t offset, uint64_t size)
{
    long result;

    if (!(call->rights & L4_CAP_W))
        return -ERR_EPERM;
    if (wrong(call, NULL, &result))
        return result;
    return dataspace_clear(thing_of(call)->real, offset, size);
}

/* ---- the driver's entry ---- */

static long op_account(struct ipc_call *call, const char *client, uint32_t *sessions,
                       uint32_t *dataspaces, uint64_t *used)
{
    (void)call;
    *sessions = *dataspaces = *used = 0;
    for (unsigned i = 0; i < THINGS; i++) {
        uint64_t limit, bytes = 0, peak, shared;
        uint32_t number;
        if (!things[i].busy || strcmp(things[i].client, client) != 0)
            continue;
        *sessions += things[i].session;
        *dataspaces += !things[i].session;
        if (things[i].session)
            dm_info(things[i].real, &limit, &bytes, &peak, &shared, &number);
        *used += bytes;
    }
    return 0;
}

static const struct dm_ops session_ops = {
    .session = op_session, .open = op_open, .copy = op_copy, .info = op_info,
    .memory = op_memory, .check = op_check, .replace = op_replace};
static const struct dataspace_ops dataspace_ops = {
    .info = op_size, .map = op_map, .phys = op_phys, .clear = op_clear};
static const struct inject_ops control_ops = {
    .arm = faulty_arm, .count = faulty_count, .account = op_account};

static const struct ipc_kind session_kind = {
    .name = "session", .dispatch = dm_dispatch, .ops = &session_ops, .gone = gone};
static const struct ipc_kind dataspace_kind = {
    .name = "dataspace", .dispatch = dataspace_dispatch, .ops = &dataspace_ops, .gone = gone};
static const struct ipc_kind control_kind = {
    .name = "control", .dispatch = inject_dispatch, .ops = &control_ops};
static const struct ipc_kind nobody_kind = {.name = "nobody"};

int main(void)
{
    struct thing *base = thing_make(true, "DM_PHYS");
    struct ipc_object *service, *control;

    server_check("dm_phys", server_query("DM_REAL", 20000000, base->real));
    server_check("server", ipc_server_init(&server));
    server_check("base gate", ipc_service_create(&server, &session_kind, base, &service));
    server_check("control gate", ipc_service_create(&server, &control_kind, NULL, &control));
    server_check("another gate", ipc_service_create(&server, &nobody_kind, NULL, &nobody));
    server_check("register", server_register("DM_PHYS", service->gate));
    server_check("register", server_register("INJECT_DM", control->gate));
    puts("stands between");
    server_check("serve", ipc_serve(&server));
    return 1;
}
