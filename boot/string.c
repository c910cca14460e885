/* SPDX-License-Identifier: BSD-2-Clause */
/* The four functions that the compiler expects, and that move modules of many megabytes. */
#include <stddef.h>
#include <string.h>

void *memcpy(void *to, const void *from, size_t n)
{
    void *start = to;
    size_t words = n / 8, rest = n % 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
    return start;
}

static void copy_backwards(char *to, const char *from, size_t n)
{
    for (; n % 8; n--)
        to[n - 1] = from[n - 1];
    size_t words = n / 8;
    char *last_to = to + n - 8;
    const char *last_from = from + n - 8;
    __asm__ volatile("std; rep movsq; cld"
                     : "+D"(last_to), "+S"(last_from), "+c"(words)
                     :
                     : "memory");
}

void *memmove(void *to, const void *from, size_t n)
{
    if ((char *)to <= (const char *)from)
        memcpy(to, from, n);
    else
        copy_backwards(to, from, n);
    return to;
}

void *memset(void *to, int value, size_t n)
{
    void *start = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(value) : "memory");
    return start;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    for (; n; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}
