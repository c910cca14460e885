/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * I07: the examples of doc/howto-*.md are programs, servers and scenarios that are built and run.
 * Each line of an example must stand, in its order, in one file of test/system/greet or
 * test/system/counter (or of another test that the page names). doc/script.md: script_corpus.c.
 */
#include "unit.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>

enum { FILES_MAX = 60, LINE_MAX_BYTES = 400, FILE_MAX_BYTES = 1 << 20, PLACES = 2 };

static char *files[FILES_MAX]; /* their text */
static int file_count;

/* Where examples live, and where the manual says that they do. */
static const char *const places[PLACES][2] = {{"app/greet/", "test/system/greet/"},
                                        {"server/counter/", "test/system/counter/"}};

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, FILE_MAX_BYTES);
    size_t got = file ? fread(text, 1, FILE_MAX_BYTES - 1, file) : 0;

    if (file)
        fclose(file);
    text[got] = 0;
    return text;
}

static void read_folder(const char *name)
{
    char path[300];

    snprintf(path, sizeof path, "%stest/system/%s", ROOT, name);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.' || file_count == FILES_MAX)
            continue;
        char file[600];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        files[file_count++] = read_all(file);
    }
    if (folder)
        closedir(folder);
}

/* A copy of @text in which everything is where it really is. */
static char *moved(const char *text)
{
    char *copy = calloc(2, strlen(text) + 1); /* a place is less than twice as long */

    for (char *to = copy; *text;) {
        unsigned i = 0;
        while (i < PLACES && strncmp(text, places[i][0], strlen(places[i][0])) != 0)
            i++;
        if (i == PLACES) {
            *to++ = *text++;
            continue;
        }
        to = stpcpy(to, places[i][1]);
        text += strlen(places[i][0]);
    }
    return copy;
}

/* The next line that is not empty, without blanks around it. */
static bool next_line(const char **at, char line[LINE_MAX_BYTES])
{
    *at += strspn(*at, " \t\n");
    size_t length = strcspn(*at, "\n");
    snprintf(line, LINE_MAX_BYTES, "%.*s", (int)length, *at);
    *at += length;
    while (length && length < LINE_MAX_BYTES && line[length - 1] == ' ')
        line[--length] = 0;
    return *line;
}

/* All lines of @example in their order, others between them. */
static bool contains(const char *text, const char *example)
{
    char wanted[LINE_MAX_BYTES], line[LINE_MAX_BYTES];

    while (next_line(&example, wanted)) {
        do
            if (!next_line(&text, line))
                return false;
        while (strcmp(line, wanted) != 0);
    }
    return true;
}

static bool is_built(const char *page, const char *text)
{
    char *example = moved(text);
    bool found = false;

    for (int i = 0; i < file_count && !found; i++)
        found = contains(files[i], example);
    if (!found)
        printf("%s: in no file:\n%s", page, example);
    free(example);
    return found;
}

/* All examples of @page; *@count: how many there are. */
static bool are_built(const char *page, int *count)
{
    char path[300];
    bool good = true;

    snprintf(path, sizeof path, "%sdoc/%s", ROOT, page);
    char *text = read_all(path), *at = text;
    for (*count = 0; (at = strstr(at, "\n```")); ++*count) {
        char *start = strchr(at + 4, '\n'), *end = start ? strstr(start, "\n```") : NULL;
        if (!end)
            return false;
        end[1] = 0;
        good &= is_built(page, start + 1);
        at = end + 2;
    }
    free(text);
    return good;
}

static void forget_files(void)
{
    while (file_count > 0)
        free(files[--file_count]);
}

TEST(examples_are_built_and_run)
{
    static const struct {
        const char *page;
        int examples;
    } pages[] = {{"howto-program.md", 5}, {"howto-server.md", 4}, {"howto-test.md", 4}};

    read_folder("greet");
    read_folder("counter");
    read_folder("regions");
    read_folder("bad-programs");
    CHECK(file_count > 12);
    for (unsigned i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        int count = 0;
        CHECK(are_built(pages[i].page, &count));
        CHECK_EQ(count, pages[i].examples);
    }
    forget_files();
}

TEST(a_changed_line_is_found)
{
    CHECK(contains("a\n  b\nc\n", "a\nc\n"));
    CHECK(!contains("a\n  b\nc\n", "c\na\n"));
    CHECK(!contains("a\n  b\nc\n", "a\nd\n"));
    char *place = moved("-I. app/greet/tone.c,c");
    CHECK_STR(place, "-I. test/system/greet/tone.c,c");
    free(place);
}

UNIT_MAIN(T(examples_are_built_and_run), T(a_changed_line_is_found))
