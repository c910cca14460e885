/* SPDX-License-Identifier: BSD-2-Clause */
/* Interface dm (idl/dm.idl): what a session gate understands. */
#include "errors/errors.h"
#include "idl/dm.h"
#include "service.h"

#define ALL_FLAGS (DM_CONTIGUOUS | DM_BELOW_16M | DM_NOT_CLEARED | DM_SPARSE)
#define RESERVE_MAX (1ull << 46) /* more than any machine has */

static struct session *call_session(const struct ipc_call *call)
{
    return call->object->data;
}

/** The base gate is for opening sessions: only who may do that may have memory on it. */
static bool may_allocate(const struct ipc_call *call)
{
    return !call_session(call)->base || (call->rights & L4_CAP_S);
}

static long op_session(struct ipc_call *call, const char *name, uint64_t limit,
                       struct ipc_cap_out *session)
{
    struct session *new;
    struct ipc_object *object;
    if (!(call->rights & L4_CAP_S))
        return -L4_EPERM;
    long result = session_open(call_manager(call), name, limit, &new);
    if (result < 0)
        return result;
    result = ipc_object_create(call->server, &session_kind, new, &object);
    if (result < 0) {
        session_close(call_manager(call), new);
        return result;
    }
    ipc_gate_out(call, object, L4_CAP_RWS, session);
    return 0;
}

/** Gives @ds a gate to answer with; closes it if there is none to be had. */
static long dataspace_out(struct ipc_call *call, struct dataspace *ds, struct ipc_cap_out *out)
{
    long result = ipc_object_create(call->server, &dataspace_kind, ds, &ds->object);
    if (result < 0) {
        ds_close(call_manager(call), ds);
        return result;
    }
    ipc_gate_out(call, ds->object, L4_CAP_RW, out);
    return 0;
}

static long op_open(struct ipc_call *call, uint64_t size, uint32_t flags, const char *name,
                    struct ipc_cap_out *dataspace)
{
    bool trusted = call->rights & L4_CAP_S;
    struct ds_request request = {.session = call_session(call), .name = name, .size = size,
                                 .contiguous = flags & DM_CONTIGUOUS,
                                 .low = flags & DM_BELOW_16M,
                                 .not_cleared = trusted && (flags & DM_NOT_CLEARED),
                                 .sparse = flags & DM_SPARSE};
    struct dataspace *ds;
    if ((flags & ~(uint32_t)ALL_FLAGS) || (request.sparse && (request.contiguous || request.low)))
        return -L4_EINVAL;
    if ((request.contiguous || request.low) && !trusted)
        return -L4_EPERM;
    if (!may_allocate(call))
        return -L4_EPERM;
    long result = ds_open(call_manager(call), &request, &ds);
    return result < 0 ? result : dataspace_out(call, ds, dataspace);
}

/** The dataspace of ours that @cap is the gate of, or null. */
static struct dataspace *own_dataspace(struct ipc_call *call, const struct ipc_cap_in *cap)
{
    struct ipc_object *object = ipc_local_object(call->server, cap);
    return object && object->kind == &dataspace_kind ? object->data : NULL;
}

static long op_copy(struct ipc_call *call, struct ipc_cap_in *source, uint64_t offset,
                    uint64_t size, const char *name, struct ipc_cap_out *dataspace)
{
    struct ds_request request = {.session = call_session(call), .name = name, .size = size};
    struct dataspace *from = own_dataspace(call, source), *ds;
    if (!from)
        return -ERR_EFOREIGN;
    if (!may_allocate(call))
        return -L4_EPERM;
    long result = ds_copy(call_manager(call), &request, from, offset, &ds);
    return result < 0 ? result : dataspace_out(call, ds, dataspace);
}

static long op_info(struct ipc_call *call, uint64_t *limit, uint64_t *used, uint64_t *peak,
                    uint64_t *shared, uint32_t *dataspaces)
{
    const struct session *session = call_session(call);
    *limit = session->account.limit;
    *used = session->account.used;
    *peak = session->account.peak;
    *shared = session_shared(session);
    *dataspaces = session->count;
    return 0;
}

static long op_memory(struct ipc_call *call, uint64_t *free, uint64_t *used)
{
    const struct frames *frames = &call_manager(call)->store.frames;
    *free = frames->free_bytes + memory_at_roottask();
    *used = frames->total_bytes - frames->free_bytes;
    return 0;
}

static long op_check(struct ipc_call *call, struct ipc_cap_in *dataspace, uint64_t *size)
{
    const struct dataspace *ds = own_dataspace(call, dataspace);
    if (!ds)
        return -ERR_EFOREIGN;
    *size = ds_size(ds);
    return 0;
}

static long op_replace(struct ipc_call *call, struct ipc_cap_in *target, uint64_t offset,
                       struct ipc_cap_in *source)
{
    struct dataspace *to = own_dataspace(call, target), *from = own_dataspace(call, source);
    if (!to || !from)
        return -ERR_EFOREIGN;
    if (!(target->label & L4_CAP_W))
        return -L4_EPERM;
    return ds_replace(call_manager(call), to, offset, from);
}

static long op_work(struct ipc_call *call, uint64_t *cleared, uint64_t *copied)
{
    const struct frames *frames = &call_manager(call)->store.frames;
    *cleared = frames->cleared;
    *copied = frames->copied;
    return 0;
}

static long op_reserve(struct ipc_call *call, uint64_t size)
{
    struct session *session = call_session(call);
    if (!(call->rights & L4_CAP_S))
        return -L4_EPERM;
    if (session->base || size > session->account.limit)
        return -L4_EINVAL;
    if (size > RESERVE_MAX)
        return -L4_ENOMEM;
    size = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    return frames_reserve(&call_manager(call)->store.frames, &session->account, size)
               ? 0 : -L4_ENOMEM;
}

static void session_gone(struct ipc_server *server, struct ipc_object *object)
{
    session_close(server->data, object->data);
}

static const struct dm_ops session_ops = {
    .session = op_session,
    .open = op_open,
    .copy = op_copy,
    .info = op_info,
    .memory = op_memory,
    .check = op_check,
    .replace = op_replace,
    .work = op_work,
    .reserve = op_reserve,
};

const struct ipc_kind session_kind = {
    .name = "session",
    .dispatch = dm_dispatch,
    .ops = &session_ops,
    .gone = session_gone,
};
