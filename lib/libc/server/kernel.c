/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel operations below a server's libc. */
#include <errno.h>
#include <stdio.h>

#include "l4sys/ipc.h"
#include "l4sys/thread.h"
#include "libc/backend.h"

void libc_sleep_us(uint64_t us)
{
    l4_sleep_us(us);
}

long libc_set_fs_base(void *base)
{
    return l4_thread_set_fs_base(L4_INVALID_CAP, (uint64_t)(uintptr_t)base) < 0 ? -EINVAL : 0;
}

/* Nobody waits for the end of a server: it says so and stays. */
_Noreturn void libc_exit(int code)
{
    char text[40];
    int size = snprintf(text, sizeof(text), "server ended with %d\n", code);
    libc_output(text, (size_t)size);
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}
