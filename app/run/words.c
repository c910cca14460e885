/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\n';
}

bool words_split(char *line, char **words, unsigned *count)
{
    char *to = line;

    *count = 0;
    for (;;) {
        char quote = 0;
        while (is_space(*line))
            line++;
        if (!*line)
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
