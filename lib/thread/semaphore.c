/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/semaphore.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"
#include "loader/export.h"

EXPORT long semaphore_init(struct semaphore *s, long count)
{
    if (count < 0)
        return -ERR_EINVAL;
    l4_cap_t kernel = slots_alloc();
    if (!kernel)
        return -ERR_ENOMEM;
    long error = l4_factory_create_semaphore(TASK_CAP_FACTORY, kernel);
    if (error < 0) {
        slots_free(kernel);
        return error;
    }
    s->kernel = kernel;
    atomic_store(&s->counter, count);
    return 0;
}

EXPORT void semaphore_destroy(struct semaphore *s)
{
    l4_cap_delete(s->kernel);
    slots_free(s->kernel);
    s->kernel = 0;
}

EXPORT long semaphore_down(struct semaphore *s)
{
    if (atomic_fetch_sub(&s->counter, 1) > 0)
        return 0;
    return l4_semaphore_down(s->kernel, L4_TIMEOUT_NEVER);
}

/*
 * Our time is over: stop counting as a waiter. If the counter is not negative, somebody has given
 * us a unit in the meantime and its kernel "up" is done or certain to come: take it.
 */
static long give_up(struct semaphore *s, long error)
{
    long counter = atomic_load(&s->counter);

    while (counter < 0)
        if (atomic_compare_exchange_weak(&s->counter, &counter, counter + 1))
            return error;
    return l4_semaphore_down(s->kernel, L4_TIMEOUT_NEVER);
}

EXPORT long semaphore_down_timed(struct semaphore *s, uint64_t us)
{
    if (atomic_fetch_sub(&s->counter, 1) > 0)
        return 0;
    long error = l4_semaphore_down(s->kernel, l4_timeout_us(us));
    return error == -ERR_EIPC_RETIMEOUT ? give_up(s, error) : error;
}

EXPORT long semaphore_try(struct semaphore *s)
{
    long counter = atomic_load(&s->counter);

    while (counter > 0)
        if (atomic_compare_exchange_weak(&s->counter, &counter, counter - 1))
            return 0;
    /* Who was shut down while it waited is still counted: only the kernel knows what is free. */
    long error = semaphore_down_timed(s, 0);
    return error == -ERR_EIPC_RETIMEOUT ? -ERR_EAGAIN : error;
}

EXPORT void semaphore_up(struct semaphore *s)
{
    if (atomic_fetch_add(&s->counter, 1) < 0)
        l4_semaphore_up(s->kernel);
}
