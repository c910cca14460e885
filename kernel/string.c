/* SPDX-License-Identifier: BSD-2-Clause */
#include "string.h"

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    void *d = to;
    size_t words = size / 8, bytes = size % 8;
    __asm__ volatile("rep movsq\n\tmov %3, %%rcx\n\trep movsb"
                     : "+D"(d), "+S"(from), "+c"(words)
                     : "r"(bytes)
                     : "memory");
    return to;
}

void *memset(void *to, int value, size_t size)
{
    void *d = to;
    size_t words = size / 8, bytes = size % 8;
    __asm__ volatile("rep stosq\n\tmov %3, %%rcx\n\trep stosb"
                     : "+D"(d), "+c"(words)
                     : "a"((uint8_t)value * 0x0101010101010101ull), "r"(bytes)
                     : "memory");
    return to;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

bool string_equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}
