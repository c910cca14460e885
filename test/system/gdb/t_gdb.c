/* SPDX-License-Identifier: BSD-2-Clause */
/* What attach.sh does with gdb shows in what this prints: with one argument it waits in poll(). */
#include <stdio.h>

#include "thread/thread.h"

enum { WAITING = 2, STOPPED = 77 }; /* argc; what gdb sets */

static volatile int attached;

__attribute__((noinline))
static void poll(void)
{
    thread_sleep_us(100000);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc == STOPPED)
        printf("gdb has stopped in main\n");
    attached = 0; /* gdb would write to a page that all instances share, were it not written to before */
    while (argc == WAITING && !attached)
        poll();
    if (attached == STOPPED)
        printf("gdb has stopped in poll\n");
    return 0;
}
