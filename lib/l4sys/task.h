/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/ipc.h"

/* Task (ABI 7.2). */

/**
 * Maps @source_fpage of task @source into task @task at hot spot @spot (address or selector).
 * @attributes: L4_ITEM_* attribute bits. Needs W on @task, S on both to pass S on.
 */
static inline long l4_task_map(l4_cap_t task, l4_cap_t source, l4_fpage_t source_fpage,
                               uint64_t spot_and_attributes)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_TASK_MAP;
    u->mr[1] = spot_and_attributes | L4_ITEM_MAP;
    u->mr[2] = source_fpage.raw;
    l4_put_cap(3, source);
    return l4_result(l4_ipc_call(task, l4_msgtag(L4_PROTO_TASK, 3, 1, 0), L4_NEVER));
}

/** Copies capability @cap of this task into slot @target of @task with @rights (L4_CAP_*). */
static inline long l4_task_map_cap(l4_cap_t task, l4_cap_t cap, l4_cap_t target, unsigned rights)
{
    return l4_task_map(task, L4_BASE_TASK_CAP, l4_fpage_obj(cap, 0, rights),
                       target & L4_PAGE_MASK);
}

/** Unmaps @fpage of @task; @mask says where (L4_UNMAP_*), the rights in @fpage say what. */
static inline long l4_task_unmap(l4_cap_t task, l4_fpage_t fpage, uint64_t mask)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_TASK_UNMAP;
    u->mr[1] = mask;
    u->mr[2] = fpage.raw;
    return l4_result(l4_ipc_call(task, l4_msgtag(L4_PROTO_TASK, 3, 0, 0), L4_NEVER));
}

/** Gives back the capability in the slot of @cap; other holders keep theirs. */
static inline long l4_cap_release(l4_cap_t cap)
{
    return l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_obj(cap, 0, L4_CAP_RWSD),
                         L4_UNMAP_ALL_SPACES);
}

/** Deletes the object behind @cap for everybody; needs D. */
static inline long l4_cap_delete(l4_cap_t cap)
{
    return l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_obj(cap, 0, L4_CAP_RWSD), L4_UNMAP_DELETE);
}

/** True if slot @cap of this task is occupied. */
static inline bool l4_cap_valid(l4_cap_t cap)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_TASK_CAP_INFO;
    u->mr[1] = cap;
    return l4_result(l4_ipc_call(L4_BASE_TASK_CAP, l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER))
           > 0;
}

/** True if both slots hold the same object with the same W and S rights. */
static inline bool l4_cap_equal(l4_cap_t a, l4_cap_t b)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_TASK_CAP_INFO;
    u->mr[1] = a;
    u->mr[2] = b;
    return l4_result(l4_ipc_call(L4_BASE_TASK_CAP, l4_msgtag(L4_PROTO_TASK, 3, 0, 0), L4_NEVER))
           > 0;
}

/** Adds kernel-user memory (order 12..17) to @task. -L4_EEXIST address in use, -L4_ENOMEM. */
static inline long l4_task_add_ku_mem(l4_cap_t task, l4_fpage_t ku_mem)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_TASK_ADD_KU_MEM;
    u->mr[1] = ku_mem.raw;
    return l4_result(l4_ipc_call(task, l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER));
}
