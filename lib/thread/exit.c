/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread/exit.h"

void exit_push(struct thread_exit_function **list, struct thread_exit_function *f)
{
    f->next = *list;
    *list = f;
}

void exit_run(struct thread_exit_function **list)
{
    while (*list) {
        struct thread_exit_function *f = *list;
        *list = f->next;
        f->run(f->argument);
    }
}
