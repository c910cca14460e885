/* SPDX-License-Identifier: BSD-2-Clause */
#include "script/script.h"

#include <string.h>

static bool is_space(char c)
{
    return c && strchr(" \t\r\n\f", c);
}

/*
 * A quote means something only at the beginning of a word, as it always did for programs started
 * by the loader: `it's` and `a="b"` are words without quoting.
 */
bool script_words_next(struct script_words *words)
{
    const char *at = words->rest;
    while (is_space(*at))
        at++;
    words->rest = at;
    if (!*at)
        return false;

    const char *end = at;
    if (*at == '"' || *at == '\'') {
        char quote = *at++;
        end = strchr(at, quote);
        if (!end) {
            words->problem = "its quote is never closed";
            return false;
        }
        words->rest = end + 1;
        if (end[1] && !is_space(end[1])) {
            words->problem = "a blank must follow its closing quote";
            return false;
        }
    } else {
        while (*end && !is_space(*end))
            end++;
        words->rest = end;
    }
    words->word = at;
    words->length = (size_t)(end - at);
    return true;
}
