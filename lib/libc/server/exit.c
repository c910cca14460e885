/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "l4sys/ipc.h"
#include "libc/backend.h"

/* Nobody waits for the end of a server: it says so and stays. */
_Noreturn void libc_exit(int code)
{
    char text[40];
    int size = snprintf(text, sizeof(text), "server ended with %d\n", code);
    libc_output(text, (size_t)size);
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}
