/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "loader/loader.h"
#include "thread/thread.h"

enum { LINES = 400, PAUSE_US = 5000 };

/** Writes a line every few milliseconds, in pieces, while others do the same. */
int main(void)
{
    for (int i = 1; i <= LINES; i++) {
        printf("line %d of ", i);
        fflush(stdout);
        printf("task %u ", task_info()->id);
        fflush(stdout);
        puts("abcdefghijklmnopqrstuvwxyz end");
        thread_sleep_us(PAUSE_US);
    }
    return 0;
}
