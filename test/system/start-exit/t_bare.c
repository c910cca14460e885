/* SPDX-License-Identifier: BSD-2-Clause */
#include "loader/loader.h"

/* A program without libc.so: libloader.so alone starts it. */

static int constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

int main(int argc, char **argv)
{
    static const char good[] = "ok without-libc\n", bad[] = "FAIL without-libc\n";
    const char *last = argc == 2 ? argv[1] : "";

    if (constructed && last[0] == 'b' && last[1] == 0 && !argv[2])
        task_write(good, sizeof good - 1);
    else
        task_write(bad, sizeof bad - 1);
    return 11;
}
