/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors/errors.h"
#include "server/tftp/keep.h"
#include "unit.h"

/* How long files from TFTP count as unchanged. */

static uint64_t version(const char *name, uint64_t now)
{
    uint64_t v = 0;
    return keep_version(name, now, &v) == 0 ? v : 0;
}

TEST(nothing_is_kept_unless_asked)
{
    uint64_t v;

    keep_init(0);
    CHECK_EQ(keep_version("a", 1, &v), -ERR_ENOSYS);
}

TEST(same_until_time_is_over)
{
    keep_init(1000);
    uint64_t first = version("a", 5000), other = version("b", 5500);

    CHECK(first != 0 && other != 0 && first != other);
    CHECK_EQ(version("a", 5999), first);
    uint64_t second = version("a", 6000);
    CHECK(second != 0 && second != first && second != other);
    CHECK_EQ(version("b", 6400), other);
    CHECK_EQ(version("a", 6999), second);
    CHECK(version("a", 7000) != second);
}

TEST(what_is_missing_is_missing_for_a_time)
{
    uint64_t v;

    keep_init(1000);
    CHECK(version("gone", 1) != 0);
    keep_missing("gone");
    keep_missing("never asked for");
    CHECK_EQ(keep_version("gone", 1000, &v), -ERR_ENOFILE);
    CHECK(version("gone", 1001) != 0);
    CHECK(version("never asked for", 1000) != 0);
}

TEST(the_oldest_is_forgotten)
{
    uint64_t first[KEEP_NAMES + 1];
    char name[8];

    keep_init(100000);
    for (unsigned i = 0; i <= KEEP_NAMES; i++) {
        sprintf(name, "f%u", i);
        first[i] = version(name, 1000 + i);
    }
    for (unsigned i = KEEP_NAMES; i > 0; i--) {
        sprintf(name, "f%u", i);
        CHECK_EQ(version(name, 2000), first[i]);
    }
    CHECK(version("f0", 2000) > first[KEEP_NAMES]);
}

TEST(odd_names)
{
    char name[KEEP_NAME_MAX + 2];
    uint64_t v;

    keep_init(1000);
    memset(name, 'x', sizeof name);
    name[KEEP_NAME_MAX + 1] = 0;
    CHECK_EQ(keep_version(name, 1, &v), -ERR_ENOSYS);
    CHECK(version(name + 1, 1) != 0);
    CHECK_EQ(keep_version("", 1, &v), -ERR_ENOSYS);
}

UNIT_MAIN(T(nothing_is_kept_unless_asked), T(same_until_time_is_over),
          T(what_is_missing_is_missing_for_a_time), T(the_oldest_is_forgotten), T(odd_names))
