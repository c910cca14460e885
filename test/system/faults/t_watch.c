/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "thread/thread.h"

/** Lives through the faults of the others. */
int main(void)
{
    for (int i = 0; i < 30; i++)
        thread_sleep_us(100000);
    puts("ok survivor");
    return 0;
}
