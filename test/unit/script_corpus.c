/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole scripts: rows C03, C04, C05, C33. Beside each test/unit/script/NAME.cfg lies either
 * NAME.means, its canonical form, or NAME.errors, the exact text of its refusal. Adding a case is
 * adding the two files. The examples of the manual are cases too (see manual_examples below).
 */
#include "unit.h"

#include "script/support.h"

#include <dirent.h>

enum { MINIMUM_MEANS = 9, MINIMUM_ERRORS = 16, EXAMPLES = 11 };

/* Compare with what a file says; shows both when they differ. */
static bool as_written(const char *name, const char *got, const char *want)
{
    if (strcmp(got, want) == 0)
        return true;
    printf("%s: got\n%s--- want\n%s---\n", name, got, want);
    return false;
}

/* Parse and compare: the canonical form or the errors, whichever come out. */
static bool gives(const char *name, const char *text, size_t length, const char *want)
{
    struct script *script = parse_bytes(name, text, length);
    char *got = script ? printed(script) : all_errors();
    bool right = as_written(name, got, want);
    free(got);
    script_free(script);
    const char *problem = exercise(text, length);
    if (problem)
        printf("%s: %s\n", name, problem);
    return right && !problem;
}

/* The file NAME.ENDING beside NAME.cfg, or null. */
static char *companion(const char *config, const char *ending)
{
    char path[600];
    size_t length;
    snprintf(path, sizeof(path), "%s%.*s.%s", CORPUS, (int)strlen(config) - 4, config, ending);
    return read_file(path, &length);
}

static bool is_config(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".cfg") == 0;
}

static bool run_case(const char *config, const char *ending, int *count)
{
    char *want = companion(config, ending);
    if (!want)
        return true;
    char path[600];
    size_t length;
    snprintf(path, sizeof(path), "%s%s", CORPUS, config);
    char *text = read_file(path, &length);
    bool right = text && gives(config, text, length, want);
    free(text);
    free(want);
    ++*count;
    return right;
}

static bool run_all(const char *ending, int *count)
{
    DIR *directory = opendir(CORPUS);
    struct dirent *entry;
    bool right = directory != NULL;
    while (directory && (entry = readdir(directory)) != NULL) {
        if (is_config(entry->d_name))
            right &= run_case(entry->d_name, ending, count);
    }
    if (directory)
        closedir(directory);
    return right;
}

TEST(c03_c04_c05_accepted)
{
    int count = 0;
    CHECK(run_all("means", &count));
    CHECK(count >= MINIMUM_MEANS);
}

TEST(c33_refused)
{
    int count = 0;
    CHECK(run_all("errors", &count));
    CHECK(count >= MINIMUM_ERRORS);
}

/* The next block between ```KIND and ``` from *@at on; *@at moves behind it. */
static char *next_block(const char **at, const char *kind, size_t *length)
{
    char fence[40];
    snprintf(fence, sizeof(fence), "\n```%s\n", kind);
    const char *start = strstr(*at, fence);
    if (!start)
        return NULL;
    start += strlen(fence);
    const char *end = strstr(start, "```\n");
    if (!end)
        return NULL;
    *length = (size_t)(end - start);
    *at = end + 3;
    return strndup(start, *length);
}

/* ```script blocks of doc/script.md are accepted, ```refused give the ```text behind them. */
TEST(manual_examples)
{
    size_t length, text_length;
    int count = 0;
    char *manual = read_file(MANUAL, &length);
    CHECK(manual);
    const char *at = manual;
    for (char *block; (block = next_block(&at, "script", &length)); count++) {
        struct script *script = parse_bytes("manual", block, length);
        if (!script)
            printf("%s", test_errors.error[0].text);
        CHECK(script);
        script_free(script);
        CHECK(!exercise(block, length));
        free(block);
    }
    at = manual;
    for (char *block; (block = next_block(&at, "refused", &length)); count++) {
        char *want = next_block(&at, "text", &text_length);
        CHECK(want && gives("demo.cfg", block, length, want));
        free(want);
        free(block);
    }
    free(manual);
    CHECK_EQ(count, EXAMPLES);
}

UNIT_MAIN(T(c03_c04_c05_accepted), T(c33_refused), T(manual_examples))
