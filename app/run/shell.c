/* SPDX-License-Identifier: BSD-2-Clause */
#include "shell.h"

#include <stdio.h>

#include "commands.h"
#include "tasks.h"
#include "words.h"

enum { LINE = 256, WORDS = LINE / 2 };

int shell(void)
{
    char line[LINE];
    char *words[WORDS];
    unsigned count;

    puts("help lists the commands, quit leaves, Ctrl-C ends waiting");
    for (;;) {
        tasks_tidy();
        fputs("> ", stdout);
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin))
            return 0;
        if (words_split(line, words, &count))
            commands_run(count, words);
        else
            puts("a quote is open");
    }
}
