/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "maker.h"

/* Volatile: it is read when the program runs, so that a patched file says another thing. */
static volatile const char mark[] = MAKER_MARK "file";

/** Says which of its versions it is, and its arguments. */
int main(int argc, char **argv)
{
    char text[sizeof mark];

    for (unsigned i = 0; i < sizeof mark; i++)
        text[i] = mark[i];
    for (int i = 1; i < argc; i++)
        printf("mark %s, argument %d: %s\n", text + sizeof MAKER_MARK - 1, i, argv[i]);
    return argc;
}
