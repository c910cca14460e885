/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <string.h>

#include "l4sys/ipc.h"

/* fault KIND: does what KIND says a little later, and must not survive it. */

#define NOTHING_THERE 0x123456789000ul

static const char constant = 'c';

void module_main(long argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";

    l4_sleep_us(20000);
    say("fault: %s", kind);
    if (strcmp(kind, "read") == 0)
        say("%d", *(volatile char *)NOTHING_THERE);
    else if (strcmp(kind, "write") == 0)
        *(volatile char *)NOTHING_THERE = 1;
    else if (strcmp(kind, "constant") == 0)
        *(volatile char *)&constant = 1;
    else if (strcmp(kind, "execute") == 0)
        ((void (*)(void))argv)();
    else if (strcmp(kind, "undefined") == 0)
        __asm__ volatile("ud2");
    else if (strcmp(kind, "port") == 0)
        __asm__ volatile("outb %%al, $0x80" : : "a"(0));
    else if (strcmp(kind, "end") == 0)
        end(0);
    say("survived %s", kind);
}
