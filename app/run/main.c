/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"
#include "shell.h"

/**
 * run [COMMAND WORDS [, COMMAND WORDS]...]: tasks by command, or from the console; see README.md.
 */
int main(int argc, char **argv)
{
    return argc > 1 ? commands_run((unsigned)argc - 1, argv + 1) : shell();
}
