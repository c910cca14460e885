/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <task/slots.h>
#include "errors/errors.h"
#include "idl/names.h"
#include "l4sys/ipc.h"

/*
 * One of several tasks that write at the same time: writer NAME COUNT. Each line is written in
 * pieces, so that it would be torn if log showed what it has. Registers NAME when it is done.
 */

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "?";
    int count = argc > 2 ? atoi(argv[2]) : 0;
    long result;

    for (int i = 1; i <= count; i++) {
        printf("line %d ", i);
        fflush(stdout);
        printf("of %s: the quick brown fox jumps over the lazy dog, end\n", name);
        fflush(stdout);
    }
    result = names_register(TASK_CAP_NAMES, name, TASK_CAP_THREAD);
    if (result < 0)
        printf("FAIL writer %s: %s\n", name, error_text(result));
    for (;;)
        l4_sleep_us(1000000);
}
