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
    static const char good[] = "ok without-libc\n", bad[] = "FAIL without-libc: no constructor\n";

    (void)argc, (void)argv;
    if (constructed)
        task_write(good, sizeof good - 1);
    else
        task_write(bad, sizeof bad - 1);
    return 11;
}
