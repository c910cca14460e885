/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "loader/loader.h"

int multiboot_main(int argc, char **argv);

/** K02: of two mains, this one is called. */
int multiboot_main(int argc, char **argv)
{
    printf("multiboot_main with %d arguments, the last is %s, %u modules\n", argc - 1, argv[argc - 1],
           task_info()->modules);
    return 5;
}

int main(void)
{
    puts("FAIL preferred: main was called");
    return 1;
}
