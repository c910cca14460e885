/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/**
 * Checks for unit tests, on the build host and in the guest.
 *
 * A test is a function `TEST(name) { CHECK(...); }`; `UNIT_MAIN(T(name), T(other))` at the end of
 * the file lists them and makes main(). Output, which the runner counts: one line `ok NAME` or
 * `FAIL NAME: FILE:LINE: WHAT` per test. A test stops at its first failing check.
 * In the guest only printf is needed; main's result is 0 if all passed, else 1.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct unit_test {
    const char *name;
    void (*run)(void);
};

static int unit_failed;
static const char *unit_name;

__attribute__((unused)) static void unit_fail(const char *file, int line, const char *what)
{
    unit_failed = 1;
    printf("FAIL %s: %s:%d: %s\n", unit_name, file, line, what);
}

/** Define a test. */
#define TEST(name) static void test_##name(void)

/** The test fails, and ends, unless the condition holds. */
#define CHECK(cond)                                    \
    do {                                               \
        if (!(cond)) {                                 \
            unit_fail(__FILE__, __LINE__, #cond);      \
            return;                                    \
        }                                              \
    } while (0)

/** Integers are equal; the message shows both. */
#define CHECK_EQ(got, want)                                                                  \
    do {                                                                                     \
        long long unit_got = (long long)(got), unit_want = (long long)(want);                \
        if (unit_got != unit_want) {                                                         \
            char unit_text[256];                                                             \
            snprintf(unit_text, sizeof(unit_text), "%s is %lld (0x%llx), want %lld (0x%llx)", \
                     #got, unit_got, unit_got, unit_want, unit_want);                        \
            unit_fail(__FILE__, __LINE__, unit_text);                                        \
            return;                                                                          \
        }                                                                                    \
    } while (0)

/** Strings are equal; the message shows both. */
#define CHECK_STR(got, want)                                                                \
    do {                                                                                    \
        const char *unit_got = (got), *unit_want = (want);                                  \
        if (!unit_got || strcmp(unit_got, unit_want) != 0) {                                \
            char unit_text[512];                                                            \
            snprintf(unit_text, sizeof(unit_text), "%s is \"%s\", want \"%s\"", #got,       \
                     unit_got ? unit_got : "(null)", unit_want);                            \
            unit_fail(__FILE__, __LINE__, unit_text);                                       \
            return;                                                                         \
        }                                                                                   \
    } while (0)

/** Run all; returns the number of tests that failed. */
__attribute__((unused)) static int unit_run(const struct unit_test *tests, unsigned count)
{
    int failures = 0;
    for (unsigned i = 0; i < count; i++) {
        unit_failed = 0;
        unit_name = tests[i].name;
        tests[i].run();
        if (unit_failed)
            failures++;
        else
            printf("ok %s\n", unit_name);
        fflush(stdout);
    }
    return failures;
}

/** The table of tests: `UNIT_MAIN(T(first), T(second))`. */
#define T(name) { #name, test_##name }
#define UNIT_MAIN(...)                                                        \
    int main(void)                                                            \
    {                                                                         \
        static const struct unit_test tests[] = { __VA_ARGS__ };              \
        return unit_run(tests, sizeof(tests) / sizeof(tests[0])) ? 1 : 0;     \
    }
