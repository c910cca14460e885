/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel operations below a server's libc. */
#include <errno.h>

#include "l4sys/ipc.h"
#include "l4sys/thread.h"
#include "libc/backend.h"

void libc_sleep_us(uint64_t us)
{
    l4_sleep_us(us);
}

/* Servers and static programs have no input: at once its end. */
long libc_input(char *text, size_t size)
{
    (void)text, (void)size;
    return 0;
}

long libc_set_fs_base(void *base)
{
    return l4_thread_set_fs_base(L4_INVALID_CAP, (uint64_t)(uintptr_t)base) < 0 ? -EINVAL : 0;
}
