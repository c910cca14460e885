/* SPDX-License-Identifier: BSD-2-Clause */
#include <task/slots.h>

#include "idl/ts_self.h"
#include "l4sys/ipc.h"
#include "libc/backend.h"

/* The task server tells whoever opened the task; this returns only if there is none. */
_Noreturn void libc_exit(int code)
{
    ts_self_exit(TASK_CAP_TS, code);
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}
