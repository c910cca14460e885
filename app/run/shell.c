/* SPDX-License-Identifier: BSD-2-Clause */
#include "shell.h"

#include <stdbool.h>
#include <stdio.h>

#include "commands.h"
#include "tasks.h"

enum { LINE = 256, WORDS = 64 };

static bool is_space(char c)
{
    return c == ' ' || c == '\n';
}

/**
 * Splits @line in place; what stands in quotes, '...' or "...", is one word. False: a quote is
 * open.
 */
static bool split(char *line, char **words, unsigned *count)
{
    char *to = line;

    *count = 0;
    for (;;) {
        char quote = 0;
        while (is_space(*line))
            line++;
        if (!*line || *count == WORDS)
            return true;
        words[(*count)++] = to;
        for (; *line && (quote || !is_space(*line)); line++) {
            if (quote ? *line == quote : *line == '\'' || *line == '"')
                quote = quote ? 0 : *line;
            else
                *to++ = *line;
        }
        if (quote)
            return false;
        line += *line != 0; /* the space: a word's end may take its place */
        *to++ = 0;
    }
}

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
        if (split(line, words, &count))
            commands_run(count, words);
        else
            puts("a quote is open");
    }
}
