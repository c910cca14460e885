/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The kernel's semaphores in test/unit/thread_shared.c. */
#include <l4/timeout.h>
#include <l4/types.h>

long fake_semaphore_up(l4_cap_t semaphore);
long fake_semaphore_down(l4_cap_t semaphore);

static inline long l4_semaphore_up(l4_cap_t semaphore)
{
    return fake_semaphore_up(semaphore);
}

static inline long l4_semaphore_down(l4_cap_t semaphore, l4_timeout_t timeout)
{
    (void)timeout;
    return fake_semaphore_down(semaphore);
}
