/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <sys/auxv.h>
#include <task/slots.h>

#include "idl/root.h"
#include "libc/server/server.h"

/* A program on libc without log and names: prints what it was started with and ends the machine. */

void server_start(void)
{
}

int main(int argc, char **argv)
{
    const struct l4_kip *kip = libc_kip();

    printf("%d arguments\n", argc);
    for (int i = 0; i < argc; i++)
        printf("argument %d <%s>\n", i, argv[i]);
    printf("kernel %s\n", (const char *)kip + (kip->strings_at << 4));
    printf("page size %lu, %lu program headers\n", getauxval(AT_PAGESZ), getauxval(AT_PHNUM));
    fflush(stdout);
    return (int)root_shutdown(TASK_CAP_PAGER, argc == 3 ? 0 : 7);
}
