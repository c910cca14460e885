/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/*
 * Checks of the test programs that run as tasks: each prints one line that the runner counts. A
 * program ends with check_result().
 */

static int check_failures;

/** Says whether the test called @name (one word) is good; @what: the condition's text. */
static inline bool check(bool good, const char *name, const char *what)
{
    if (good)
        printf("ok %s\n", name);
    else
        printf("FAIL %s: not true: %s\n", name, what);
    check_failures += !good;
    return good;
}

#define CHECK(name, condition) check((condition), name, #condition)

/** Exit code of a test program. */
static inline int check_result(void)
{
    return check_failures ? 1 : 0;
}
