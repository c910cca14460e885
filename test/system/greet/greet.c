/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "test/system/greet/tone.h"

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("%s, %s!\n", tone_greeting(), argv[i]);
    return 0;
}
