/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>
#include "schedule.h"

bool schedule_is_query(const uint64_t *mr, unsigned words, unsigned items)
{
    bool info = words >= 2 && mr[0] == L4_SCHED_INFO;
    bool idle_time = words >= 3 && mr[0] == L4_SCHED_IDLE_TIME;

    return items == 0 && (info || idle_time);
}

long schedule_cap(uint64_t *mr, unsigned words, unsigned items, uint8_t mcp)
{
    if (words < 1)
        return -L4_EMSGTOOSHORT;
    if (mr[0] != L4_SCHED_RUN_THREAD)
        return -L4_ENOSYS;
    if (words < SCHEDULE_WORDS)
        return -L4_EMSGTOOSHORT;
    if (words > SCHEDULE_WORDS)
        return -L4_EMSGTOOLONG;
    if (items != 1)
        return -L4_EMSGMISSARG;
    if ((int64_t)mr[3] < 1)
        return -L4_EINVAL;
    if (mr[3] > mcp)
        mr[3] = mcp;
    return 0;
}
