/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include <task/slots.h>

#include "../check.h"
#include "idl/names.h"
#include "loader/loader.h"
#include "thread/thread.h"

/* What does not fit a relative time-out of the kernel by a hair (ABI 6). */
#define LONG_US ((1ull << 41) - 5)

static void waits(void *argument)
{
    (void)argument;
    names_query(TASK_CAP_NAMES, "NOBODY", LONG_US, task_slot());
    puts("FAIL long-wait: answered");
}

/** NAMES is above all tasks: if it spun, this one would never come back. */
int main(void)
{
    struct thread_request request = {.name = "waits", .entry = waits};
    struct thread *thread;

    if (thread_create(&request, &thread))
        exit(1);
    thread_sleep_us(3000000);
    CHECK("names-sleeps", true);
    return check_result();
}
