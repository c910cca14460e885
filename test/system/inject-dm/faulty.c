/* SPDX-License-Identifier: BSD-2-Clause */
#include "faulty.h"

#include "errors/errors.h"
#include "server/server.h"

static uint32_t mode, target, calls;
static bool fired;

uint32_t faulty_call(void)
{
    if (++calls != target || mode == INJECT_NONE)
        return INJECT_NONE;
    fired = true;
    if (mode == INJECT_SLOW)
        server_sleep_us(2000000);
    return mode;
}

long faulty_arm(struct ipc_call *call, uint32_t new_mode, uint32_t n)
{
    (void)call;
    if (new_mode >= INJECT_MODES)
        return -ERR_EINVAL;
    mode = new_mode;
    target = n;
    calls = 0;
    fired = false;
    return 0;
}

long faulty_count(struct ipc_call *call, uint32_t *out_calls, bool *out_fired)
{
    (void)call;
    *out_calls = calls;
    *out_fired = fired;
    return 0;
}
