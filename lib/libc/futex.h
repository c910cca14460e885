/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <time.h>

/**
 * The futex call, wait and wake. A waiter sleeps for a short time and looks again, so a wake-up
 * needs no list of waiters; a lock of the C library is held for microseconds only.
 */
long libc_futex(volatile int *word, long operation, int value, const struct timespec *timeout);
