/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

/** Ends as its argument says: exit, fault, or not at all. */
int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";

    if (strcmp(how, "fault") == 0)
        __asm__ volatile("movl $0, 8"); /* nothing is mapped there */
    while (strcmp(how, "loop") == 0)
        __asm__ volatile("");
    return 5;
}
