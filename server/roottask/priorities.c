/* SPDX-License-Identifier: BSD-2-Clause */
#include "priorities.h"

#include <string.h>

#include "l4sys/ipc.h"
#include "module.h"

enum { RUN_WORDS = 5, PRIORITY = 3 };

static long pass_on(struct ipc_call *call, unsigned words, l4_cap_t thread)
{
    if (thread)
        l4_put_cap(words, thread);
    l4_msgtag_t tag = l4_ipc_call(
        L4_BASE_SCHEDULER_CAP, l4_msgtag(L4_PROTO_SCHEDULER, words, thread ? 1 : 0, 0), L4_NEVER);
    if (l4_result(tag) < 0)
        return l4_result(tag);
    ipc_foreign_reply(call, 0, l4_msgtag_words(tag), 0);
    return 0;
}

/* The extended form, a negative class, could hide a priority above the mcp. */
static long op_run(struct ipc_call *call, unsigned mcp)
{
    struct ipc_cap_in thread;
    uint64_t mr[RUN_WORDS];

    if (l4_msgtag_words(call->tag) != RUN_WORDS || l4_msgtag_items(call->tag) != 1)
        return -L4_EINVAL;
    memcpy(mr, ipc_utcb()->mr, sizeof mr);
    if ((int64_t)mr[PRIORITY] < 1)
        return -L4_EINVAL;
    if (mr[PRIORITY] > mcp)
        mr[PRIORITY] = mcp;
    ipc_get_cap(call, &thread);
    if (call->error || !thread.slot)
        return call->error ? call->error : -L4_EINVAL;
    memcpy(ipc_utcb()->mr, mr, sizeof mr);
    return pass_on(call, RUN_WORDS, thread.slot);
}

static long message(struct ipc_call *call)
{
    const struct module *m = call->object->data;
    unsigned words = l4_msgtag_words(call->tag);

    if (l4_msgtag_label(call->tag) != L4_PROTO_SCHEDULER)
        return -L4_EBADPROTO;
    if (words < 1)
        return -L4_EMSGTOOSHORT;
    if (ipc_utcb()->mr[0] == L4_SCHED_RUN_THREAD)
        return op_run(call, m->quota->mcp);
    return words > RUN_WORDS ? -L4_EMSGTOOLONG : pass_on(call, words, 0);
}

const struct ipc_kind priorities_kind = {.name = "scheduler", .foreign = message};
