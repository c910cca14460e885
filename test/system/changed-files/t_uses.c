/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

int version(void);

/** Says which library it has; with an argument, only after two seconds. */
int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        sleep(2);
    return version();
}
