/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdint.h>

#include "thread/thread.h"

static void fault(void *argument)
{
    *(volatile char *)(uintptr_t)argument = 1;
}

/** Both fault before the loader can have heard of one. */
int main(void)
{
    struct thread_request request = {.name = "fault", .entry = fault, .argument = (void *)0x1000};
    struct thread *threads[2];

    for (unsigned i = 0; i < 2; i++)
        if (thread_create(&request, &threads[i]))
            puts("FAIL thread: cannot create");
    thread_join(threads[0]);
    puts("FAIL join: nothing happened");
    return 0;
}
