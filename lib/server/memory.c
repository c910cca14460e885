/* SPDX-License-Identifier: BSD-2-Clause */
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/dm.h"
#include "ipc/slots.h"
#include "server/server.h"

#define START_TIMEOUT_US 20000000

extern const char *__progname;

long server_open_dm(uint64_t limit, l4_cap_t *base)
{
    l4_cap_t gate = slots_alloc();

    if (!gate)
        return -ERR_ENOMEM;
    long error = server_query("DM_PHYS", START_TIMEOUT_US, gate);
    if (error < 0) {
        slots_free(gate);
        return error;
    }
    error = dm_session(gate, __progname, limit, TASK_CAP_DM);
    if (base && error >= 0)
        *base = gate;
    else
        slots_release(gate);
    return error < 0 ? error : 0;
}
