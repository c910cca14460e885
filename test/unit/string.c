/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/string against the host's C library, on random input. */
#include <stdlib.h>

#include "unit.h"

#define memcpy own_memcpy
#define memmove own_memmove
#define memset own_memset
#define memcmp own_memcmp
#define memchr own_memchr
#define strlen own_strlen
#define strnlen own_strnlen
#define strcmp own_strcmp
#define strncmp own_strncmp
#define strchr own_strchr
#define strrchr own_strrchr
void *own_memcpy(void *restrict to, const void *restrict from, size_t size);
void *own_memmove(void *to, const void *from, size_t size);
void *own_memset(void *to, int value, size_t size);
int own_memcmp(const void *a, const void *b, size_t size);
void *own_memchr(const void *bytes, int c, size_t size);
size_t own_strlen(const char *text);
size_t own_strnlen(const char *text, size_t size);
int own_strcmp(const char *a, const char *b);
int own_strncmp(const char *a, const char *b, size_t size);
char *own_strchr(const char *text, int c);
char *own_strrchr(const char *text, int c);
#include "lib/string/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

enum { ROUNDS = 2000, BYTES = 200 };

static void fill(unsigned char *a, unsigned char *b)
{
    for (unsigned i = 0; i < BYTES; i++)
        a[i] = b[i] = (unsigned char)rand();
}

static unsigned below(unsigned limit)
{
    return (unsigned)rand() % limit;
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

TEST(copies)
{
    unsigned char a[BYTES], b[BYTES];
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned size = below(BYTES), from = below(BYTES - size), to = below(BYTES - size);
        fill(a, b);
        CHECK(own_memmove(a + to, a + from, size) == a + to);
        memmove(b + to, b + from, size);
        CHECK(memcmp(a, b, BYTES) == 0);
        fill(a, b);
        unsigned half = below(BYTES / 2);
        own_memcpy(a, a + BYTES / 2, half);
        memcpy(b, b + BYTES / 2, half);
        CHECK(memcmp(a, b, BYTES) == 0);
    }
}

TEST(fills)
{
    unsigned char a[BYTES], b[BYTES];
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned size = below(BYTES), at = below(BYTES - size);
        fill(a, b);
        own_memset(a + at, (int)i, size);
        memset(b + at, (int)i, size);
        CHECK(memcmp(a, b, BYTES) == 0);
    }
}

TEST(compares)
{
    char a[8], b[8];
    for (unsigned i = 0; i < ROUNDS; i++) {
        for (unsigned k = 0; k < 8; k++) {
            a[k] = (char)(k < 7 ? 'a' + below(2) * 0x80 : 0);
            b[k] = (char)(k < 7 ? 'a' + below(2) * 0x80 : 0);
        }
        a[below(8)] = 0;
        b[below(8)] = 0;
        unsigned n = below(9);
        CHECK_EQ(sign(own_memcmp(a, b, n)), sign(memcmp(a, b, n)));
        CHECK_EQ(sign(own_strcmp(a, b)), sign(strcmp(a, b)));
        CHECK_EQ(sign(own_strncmp(a, b, n)), sign(strncmp(a, b, n)));
    }
}

TEST(searches)
{
    const char *text = "a/b/c";
    CHECK_EQ(own_strlen(text), 5);
    CHECK_EQ(own_strlen(""), 0);
    CHECK_EQ(own_strnlen(text, 3), 3);
    CHECK_EQ(own_strnlen(text, 9), 5);
    CHECK(own_memchr(text, 'c', 5) == text + 4 && !own_memchr(text, 'c', 4));
    CHECK(own_strchr(text, '/') == text + 1);
    CHECK(own_strrchr(text, '/') == text + 3);
    CHECK(own_strchr(text, 0) == text + 5);
    CHECK(own_strrchr(text, 0) == text + 5);
    CHECK(!own_strchr(text, 'x') && !own_strrchr(text, 'x'));
}

UNIT_MAIN(T(copies), T(fills), T(compares), T(searches))
