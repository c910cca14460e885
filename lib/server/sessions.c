/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <task/slots.h>

#include "idl/log.h"
#include "idl/names.h"
#include "ipc/slots.h"
#include "l4sys/task.h"
#include "server/server.h"

bool server_has_log;

extern const char *__progname; /* libc's: last path component of argv[0] */

void server_init_slots(void)
{
    slots_init((unsigned)(TASK_CAP_FIRST_FREE >> L4_CAP_SHIFT), SERVER_SLOTS);
}

/* The session comes into a spare slot first: until it is there, the console is the only output. */
void server_open_log(void)
{
    l4_cap_t spare = slots_alloc();

    if (log_open(TASK_CAP_LOG_BASE, __progname, spare) < 0) {
        slots_free(spare);
        return;
    }
    l4_cap_release(TASK_CAP_LOG);
    server_check("log slot", l4_task_map_cap(TASK_CAP_TASK, spare, TASK_CAP_LOG, L4_CAP_RWS));
    slots_release(spare);
    server_has_log = true;
}

void server_open_names(void)
{
    server_check("names session", names_open(TASK_CAP_NAMES_BASE, __progname, TASK_CAP_NAMES));
}

long server_register(const char *name, l4_cap_t gate)
{
    return names_register(TASK_CAP_NAMES, name, gate);
}

long server_query(const char *name, uint64_t timeout_us, l4_cap_t slot)
{
    return names_query(TASK_CAP_NAMES, name, timeout_us, slot);
}
