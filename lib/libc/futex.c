/* SPDX-License-Identifier: BSD-2-Clause */
#include "libc/futex.h"

#include <errno.h>
#include <stdint.h>

#include "libc/backend.h"

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_COMMAND = 0x7f, NAP_US = 500 };

/* One nap, not the whole wait: every caller in musl looks at its word again and comes back. */
static long nap(const struct timespec *timeout)
{
    if (!timeout || timeout->tv_sec > 0 || timeout->tv_nsec / 1000 > NAP_US) {
        libc_sleep_us(NAP_US);
        return 0;
    }
    if (timeout->tv_nsec > 0)
        libc_sleep_us((uint64_t)timeout->tv_nsec / 1000 + 1);
    return -ETIMEDOUT;
}

long libc_futex(volatile int *word, long operation, int value, const struct timespec *timeout)
{
    switch (operation & FUTEX_COMMAND) {
    case FUTEX_WAKE:
        return 0; /* whoever waits looks again by itself */
    case FUTEX_WAIT:
        return *word == value ? nap(timeout) : -EAGAIN;
    default:
        return -ENOSYS;
    }
}
