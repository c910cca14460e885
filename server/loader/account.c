/* SPDX-License-Identifier: BSD-2-Clause */
#include "account.h"

#include "entry.h"
#include "errors/errors.h"
#include "task.h"

uint32_t account_of(const struct ipc_call *call)
{
    const struct task *task = entry_task(call->object);

    if (task)
        return task->id;
    return call->rights & L4_CAP_S ? ACCOUNT_TRUSTED : ACCOUNT_PUBLIC;
}

long account_check(const struct account_share *share)
{
    if (share->used >= share->total)
        return -ERR_EAGAIN;
    if (share->own >= share->total / 2)
        return -ERR_ESHARE;
    return share->own > 0 && share->total - share->used <= share->total / 4 ? -ERR_ESHARE : 0;
}
