/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "loader/loader.h"

/** Shows what the program was told: its arguments, its name and paths. */
int main(int argc, char **argv)
{
    const struct task_infopage *info = task_info();
    const char *page = (const char *)info;

    printf("%d arguments:", argc - 1);
    for (int i = 1; i < argc; i++)
        printf(" [%s]", argv[i]);
    printf("%s\n", argv[argc] ? " no null at the end" : "");
    printf("name [%s] libpath [%s]\n", page + info->name_at, page + info->libpath_at);
    return 0;
}
