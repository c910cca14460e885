/* SPDX-License-Identifier: BSD-2-Clause */
#include "arguments.h"

#include <stdbool.h>

#include "errors/errors.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct output {
    char *to;
    size_t used, size;
};

static void put(struct output *out, char c)
{
    if (out->used < out->size)
        out->to[out->used] = c;
    out->used++;
}

/* One argument, @line at its first character; returns what is behind it, null for an open quote. */
static const char *take(const char *line, struct output *out)
{
    char quote = 0;

    for (; *line && (quote || !is_blank(*line)); line++) {
        if (quote ? *line == quote : *line == '"' || *line == '\'')
            quote = quote ? 0 : *line;
        else
            put(out, *line);
    }
    put(out, 0);
    return quote ? NULL : line;
}

long arguments_split(const char *line, char *to, size_t size, unsigned *count)
{
    struct output out = {to, 0, size};

    for (*count = 0;; ++*count) {
        while (is_blank(*line))
            line++;
        if (!*line)
            break;
        line = take(line, &out);
        if (!line)
            return -ERR_EINVAL;
    }
    return out.used > size ? -ERR_E2BIG : (long)out.used;
}

void arguments_name(const char *line, char *to, size_t size)
{
    size_t used = 0;

    while (is_blank(*line))
        line++;
    for (; *line && !is_blank(*line); line++) {
        if (*line == '/' || *line == ')')
            used = 0;
        else if (used + 1 < size)
            to[used++] = *line;
    }
    to[used] = 0;
}
