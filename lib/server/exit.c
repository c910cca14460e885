/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <task/slots.h>

#include "idl/root.h"
#include "l4sys/ipc.h"
#include "libc/backend.h"

/* roottask takes back what the module had. Who is not its module stays, as nobody ends it. */
_Noreturn void libc_exit(int code)
{
    char text[40];

    root_exit(TASK_CAP_PAGER, code);
    int size = snprintf(text, sizeof text, "server ended with %d\n", code);
    libc_output(text, (size_t)size);
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}
