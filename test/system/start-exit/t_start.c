/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

/** K01: a line from each, in this order; the code is what main() returns. */
__attribute__((constructor(101))) static void first(void)
{
    puts("first constructor");
}

__attribute__((constructor)) static void second(void)
{
    puts("second constructor");
}

__attribute__((destructor)) static void destructor(void)
{
    puts("destructor");
}

static void at_exit(void)
{
    puts("exit function");
}

int main(int argc, char **argv)
{
    atexit(at_exit);
    printf("main with argument %s\n", argc > 1 ? argv[1] : "none");
    return argc > 2 ? atoi(argv[2]) : 0;
}
