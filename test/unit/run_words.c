/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "unit.h"

#include "app/run/words.h"

/* How the console's commands are split into words. */

/* The words of @text with '|' after each, or "open". */
static const char *split(const char *text)
{
    static char shown[256];
    char *line = strdup(text); /* exactly as large as it is: the sanitizer looks */
    char **words = calloc(strlen(text) / 2 + 1, sizeof(*words));
    unsigned count = 0;

    shown[0] = 0;
    if (!line || !words)
        return "no memory";
    if (!words_split(line, words, &count))
        strcpy(shown, "open");
    else
        for (unsigned i = 0; i < count; i++)
            snprintf(shown + strlen(shown), sizeof(shown) - strlen(shown), "%s|", words[i]);
    free(line);
    free(words);
    return shown;
}

TEST(words)
{
    CHECK_STR(split(""), "");
    CHECK_STR(split(" \n"), "");
    CHECK_STR(split("list"), "list|");
    CHECK_STR(split("list\n"), "list|");
    CHECK_STR(split("  kill   3 , list\n"), "kill|3|,|list|");
    CHECK_STR(split("a b c d e f g h"), "a|b|c|d|e|f|g|h|");
}

TEST(quotes)
{
    CHECK_STR(split("start 'two words'\n"), "start|two words|");
    CHECK_STR(split("a \"it's\" x='b c'd\n"), "a|it's|x=b cd|");
    CHECK_STR(split("'' \"\"\n"), "||");
    CHECK_STR(split("'a"), "open");
    CHECK_STR(split("a \"b\n"), "open");
}

TEST(any_line)
{
    static const char letters[] = "a '\"\n";
    unsigned seed = 1;

    for (unsigned i = 0; i < 100000; i++) {
        char line[24];
        unsigned size = i % sizeof(line);
        for (unsigned j = 0; j < size; j++) {
            seed = seed * 1103515245 + 12345;
            line[j] = letters[(seed >> 16) % (sizeof(letters) - 1)];
        }
        line[size] = 0;
        split(line);
    }
}

UNIT_MAIN(T(words), T(quotes), T(any_line))
