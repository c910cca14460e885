/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "commands.h"

/** run COMMAND WORDS [, COMMAND WORDS]...: tasks by command; see README.md. */
int main(int argc, char **argv)
{
    int code = 0;

    for (int start = 1, end; start < argc; start = end + 1) {
        for (end = start; end < argc && strcmp(argv[end], ",") != 0; end++)
            ;
        if (end > start)
            code = command_run((unsigned)(end - start), argv + start);
    }
    if (argc == 1) {
        char help[] = "help", *words[] = {help};
        code = command_run(1, words);
    }
    return code;
}
