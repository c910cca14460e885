/* SPDX-License-Identifier: BSD-2-Clause */
#include "inject_lib.h"

/** A small program with a library and without libc.so: its files are cheap. */
int main(int argc, char **argv)
{
    (void)argv;
    inject_data[1] += argc - 1;
    return inject_lib(inject_data) - 3;
}
