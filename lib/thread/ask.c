/* SPDX-License-Identifier: BSD-2-Clause */
/* What threads ask about themselves and each other: names, stacks, time, data. */
#include <task/slots.h>

#include "errors/errors.h"
#include "l4sys/thread.h"
#include "loader/export.h"
#include "thread/self.h"

static struct keys keys;

EXPORT struct thread *thread_self(void)
{
    return self();
}

EXPORT void thread_describe(const struct thread *thread, struct thread_info *info)
{
    *info = (struct thread_info){
        .priority = thread->priority,
        .stack_start = thread->stack_start,
        .stack_end = thread->stack_end,
        .cap = thread->cap,
    };
    for (unsigned i = 0; i < sizeof info->name; i++)
        info->name[i] = thread->name[i];
}

EXPORT long thread_set_priority(struct thread *thread, unsigned priority)
{
    if (priority < 1 || priority > 255)
        return -ERR_EINVAL;
    long error = l4_scheduler_run(TASK_CAP_SCHEDULER, thread->cap, priority);
    if (error < 0)
        return error;
    thread->priority = priority;
    return 0;
}

EXPORT long thread_cpu_us(const struct thread *thread, uint64_t *us)
{
    return l4_thread_stats(thread->cap, us);
}

EXPORT void thread_sleep_us(uint64_t us)
{
    l4_sleep_us(us);
}

EXPORT long thread_key_alloc(void)
{
    return keys_alloc(&keys);
}

EXPORT long thread_key_release(unsigned key)
{
    return keys_release(&keys, key);
}

EXPORT long thread_data_set(unsigned key, void *value)
{
    return keys_set(&keys, &self()->data, key, value);
}

EXPORT void *thread_data_get(unsigned key)
{
    return keys_get(&keys, &self()->data, key);
}
