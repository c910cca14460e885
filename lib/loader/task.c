/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "idl/log_session.h"
#include "idl/ts_self.h"
#include "ipc/slots.h"
#include "l4sys/clock.h"
#include "l4sys/log.h"
#include "loader/export.h"
#include "loader/loader.h"

#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

EXPORT const struct task_infopage *task_info(void)
{
    return (const struct task_infopage *)TASK_INFOPAGE;
}

EXPORT const struct task_table *task_objects(void)
{
    return (const struct task_table *)(TASK_INFOPAGE + task_info()->table_at);
}

EXPORT uint64_t task_object_base(uint32_t i)
{
    const struct task_placement *placement = (const void *)task_info()->placement_address;
    return placement->base[i];
}

EXPORT void *task_place_address(const struct task_place *place)
{
    if (place->object == TASK_NO_OBJECT)
        return NULL;
    return (void *)(task_object_base(place->object) + place->offset);
}

EXPORT void task_arguments(char **argv)
{
    const struct task_infopage *info = task_info();
    const char *text = (const char *)info + info->args_at;

    for (uint32_t i = 0; i < info->argc; i++) {
        argv[i] = (char *)text;
        text += strlen(text) + 1;
    }
    argv[info->argc] = NULL;
}

EXPORT void task_write(const char *text, size_t size)
{
    l4_log_write(TASK_CAP_LOG, text, size);
}

EXPORT long task_read(char *text, size_t size)
{
    char line[201];
    long error;

    if (size == 0)
        return 0;
    if (size > sizeof line - 1)
        size = sizeof line - 1;
    do
        error = log_session_read(TASK_CAP_LOG, (uint32_t)size, line);
    while (error == -ERR_EAGAIN);
    if (error < 0)
        return error;
    size = __builtin_strlen(line);
    __builtin_memcpy(text, line, size);
    return (long)size;
}

EXPORT uint64_t task_clock_us(void)
{
    return l4_clock_us((const struct l4_kip *)task_info()->kip);
}

EXPORT l4_cap_t task_slot(void)
{
    return slots_alloc();
}

EXPORT void task_slot_release(l4_cap_t slot)
{
    slots_release(slot);
}

EXPORT _Noreturn void task_exit(int code)
{
    ts_self_exit(TASK_CAP_TS, code);
    for (;;) /* the task server is gone: nothing is left to be done here */
        l4_sleep_us(1000000);
}
