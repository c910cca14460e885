/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "loader/loader.h"

enum { LINES = 1000 };

/** Writes its lines in pieces; others write theirs at the same time. */
int main(void)
{
    for (int i = 1; i <= LINES; i++) {
        printf("line %d of ", i);
        fflush(stdout);
        printf("task %u ", task_info()->id);
        fflush(stdout);
        puts("abcdefghijklmnopqrstuvwxyz end");
    }
    return 0;
}
