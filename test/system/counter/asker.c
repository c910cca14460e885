/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include <task/slots.h>

#include "../check.h"
#include "errors/errors.h"
#include "idl/counter.h"
#include "idl/loader.h"
#include "idl/names.h"
#include "loader/loader.h"

/** The lines of doc/howto-program.md. */
static long start_another(void)
{
    uint32_t id;
    l4_cap_t loader = task_slot();
    long error = names_query(TASK_CAP_NAMES, "LOADER", 2000000, loader);
    if (!error)
        error = loader_start(loader, "hello", "'from another program'", &id);
    return error;
}

/** The lines of doc/howto-server.md, asked twice. */
int main(void)
{
    l4_cap_t base = task_slot(), session = task_slot();
    uint64_t value;
    long error = names_query(TASK_CAP_NAMES, "COUNTER", 2000000, base);

    if (!error)
        error = counter_open(base, session);
    if (!error)
        error = counter_add(session, 5, &value);
    CHECK("counted", error == 0 && value == 5);
    CHECK("counts-on", counter_add(session, 5, &value) == 0 && value == 10);
    CHECK("started", start_another() == 0);
    return check_result();
}
