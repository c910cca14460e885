/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

/* Never comes to its end, not even to main. */
__attribute__((constructor)) static void construct(void)
{
    puts("hanging");
    for (;;)
        __asm__ volatile("");
}

int main(void)
{
    return 0;
}
