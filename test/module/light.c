/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <string.h>

#include "l4sys/ipc.h"

/*
 * light NAME COUNT [end]: COUNT times counts its own variable and sleeps a little. All instances
 * lie at the same addresses, so a shared page would show at once. With `end` it ends the machine
 * afterwards.
 */

static volatile unsigned counter;
static const char *volatile owner;

void module_main(long argc, char **argv)
{
    unsigned rounds = (unsigned)(argv[2][0] - '0');

    owner = argv[1];
    for (unsigned i = 1; i <= rounds; i++) {
        counter++;
        l4_sleep_us(30000);
        if (counter != i || owner != argv[1])
            say("%s: FAIL somebody else has written here", argv[1]);
        say("%s: round %u of %u, counter at %lx", owner, i, rounds, (unsigned long)&counter);
    }
    if (argc > 3 && strcmp(argv[3], "end") == 0)
        end(0);
}
