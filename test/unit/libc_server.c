/* SPDX-License-Identifier: BSD-2-Clause */
/* Below a static server's libc: the arena that malloc lives on, and output in whole lines. */
#include <errno.h>
#include <stdlib.h>

#include "libc/backend.h"
#include "libc/server/server.h"
#include "unit.h"

enum { PAGE = 4096, PAGES = 32 };

LIBC_ARENA(PAGES * PAGE);

static char lines[20][300];
static unsigned line_count;

void libc_write_line(const char *text, size_t size)
{
    snprintf(lines[line_count++ % 20], sizeof(lines[0]), "%.*s", (int)size, text);
}

void libc_sleep_us(uint64_t us)
{
    (void)us;
}

TEST(arena_is_used_up_exactly)
{
    char *all[PAGES];
    for (unsigned i = 0; i < PAGES; i++) {
        all[i] = libc_map(PAGE);
        CHECK(all[i] != NULL && (uintptr_t)all[i] % PAGE == 0);
        memset(all[i], 1, PAGE);
    }
    CHECK(libc_map(PAGE) == NULL);
    for (unsigned i = 0; i < PAGES; i++)
        CHECK_EQ(libc_unmap(all[i], PAGE), 0);
    char *whole = libc_map(PAGES * PAGE);
    CHECK(whole == libc_arena);
    for (unsigned i = 0; i < PAGES * PAGE; i++)
        CHECK_EQ(whole[i], 0);
    CHECK_EQ(libc_unmap(whole, PAGES * PAGE), 0);
}

TEST(parts_can_be_given_back)
{
    char *m = libc_map(8 * PAGE);
    CHECK_EQ(libc_unmap(m + 2 * PAGE, 3 * PAGE), 0);
    CHECK(libc_map(3 * PAGE) == m + 2 * PAGE);
    CHECK_EQ(libc_unmap(m, 8 * PAGE), 0);
}

TEST(nonsense_is_refused)
{
    CHECK(libc_map(0) == NULL);
    CHECK(libc_map((PAGES + 1) * PAGE) == NULL);
    CHECK(libc_map(~(size_t)0 & -(size_t)PAGE) == NULL);
    CHECK_EQ(libc_unmap(libc_arena - PAGE, PAGE), -EINVAL);
    CHECK_EQ(libc_unmap(libc_arena + PAGES * PAGE, PAGE), -EINVAL);
    CHECK_EQ(libc_unmap(libc_arena, (PAGES + 1) * PAGE), -EINVAL);
}

static void print(const char *text)
{
    libc_output(text, strlen(text));
}

TEST(output_comes_in_lines)
{
    line_count = 0;
    print("one");
    print(" line\ntwo\nthr");
    CHECK_EQ(line_count, 2);
    print("ee\n");
    CHECK_EQ(line_count, 3);
    CHECK_STR(lines[0], "one line\n");
    CHECK_STR(lines[1], "two\n");
    CHECK_STR(lines[2], "three\n");
}

TEST(long_lines_come_in_pieces)
{
    char text[1001];
    size_t total = 0;
    memset(text, 'x', 999);
    memcpy(text + 999, "\n", 2);
    line_count = 0;
    print(text);
    for (unsigned i = 0; i < line_count; i++)
        total += strlen(lines[i]);
    CHECK_EQ(total, 1000);
    CHECK_EQ(lines[line_count - 1][strlen(lines[line_count - 1]) - 1], '\n');
}

UNIT_MAIN(T(arena_is_used_up_exactly), T(parts_can_be_given_back), T(nonsense_is_refused),
          T(output_comes_in_lines), T(long_lines_come_in_pieces))
