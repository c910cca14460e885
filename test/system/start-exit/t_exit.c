/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "errors/errors.h"
#include "loader/loader.h"
#include "thread/thread.h"

/** The thread that ends the whole task. */
static void leave(void *argument)
{
    printf("thread runs with argument %s\n", (const char *)argument);
    exit(9);
}

/** K03: a thread at once; K04: exit() in it ends the task, also those that wait for it. */
int main(void)
{
    struct thread_request request = {.name = "leaver", .entry = leave, .argument = (void *)"here"};
    struct thread *thread;
    long error = thread_create(&request, &thread);

    if (error) {
        printf("FAIL thread: %s\n", error_text(error));
        return 1;
    }
    thread_join(thread);
    puts("FAIL exit: the task lives");
    return 1;
}
