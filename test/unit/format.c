/* SPDX-License-Identifier: BSD-2-Clause */
#include "string/format.h"
#include "unit.h"

/* The formatter against the host's. */

#define SAME(...)                                               \
    do {                                                        \
        char own[64], host[64];                                 \
        size_t used = format(own, sizeof own, __VA_ARGS__);     \
        snprintf(host, sizeof host, __VA_ARGS__);               \
        CHECK_STR(own, host);                                   \
        CHECK_EQ(used, strlen(host));                           \
    } while (0)

TEST(equals_the_host)
{
    SAME("plain %% text");
    SAME("%d %d %d", 0, -1, 2147483647);
    SAME("%ld %lu", -__LONG_MAX__ - 1, ~0ul);
    SAME("%x %lx %08x|%4u|%-4u|", 0xabu, ~0ul, 0x123u, 7u, 7u);
    SAME("%06d|%6d|%-6d|", -42, -42, -42);
    SAME("%s|%6s|%-6s|%c", "abc", "abc", "abc", 'x');
}

TEST(cuts_what_does_not_fit)
{
    char to[6];

    CHECK_EQ(format(to, sizeof to, "%s%d", "abc", 12345), 5);
    CHECK_STR(to, "abc12");
    CHECK_EQ(format(to, 1, "x"), 0);
    CHECK_STR(to, "");
}

UNIT_MAIN(T(equals_the_host), T(cuts_what_does_not_fit))
