/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few functions of <string.h> for what has no C library: bootstrap, sigma0, roottask,
 * libloader.so. They rely on nothing, and the compiler must not turn them into calls of themselves.
 */
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    void *start = to;
    size_t words = size / 8, rest = size % 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
    return start;
}

static void copy_backwards(char *to, const char *from, size_t size)
{
    for (; size % 8; size--)
        to[size - 1] = from[size - 1];
    size_t words = size / 8;
    char *last_to = to + size - 8;
    const char *last_from = from + size - 8;
    __asm__ volatile("std; rep movsq; cld"
                     : "+D"(last_to), "+S"(last_from), "+c"(words)
                     :
                     : "memory");
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from >= size) /* also when @to lies below */
        return memcpy(to, from, size);
    copy_backwards(to, from, size);
    return to;
}

void *memset(void *to, int value, size_t size)
{
    void *start = to;
    uint64_t word = (unsigned char)value * 0x0101010101010101ull;
    size_t words = size / 8, rest = size % 8;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(word) : "memory");
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(word) : "memory");
    return start;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;
    for (; size; size--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

void *memchr(const void *bytes, int c, size_t size)
{
    for (const unsigned char *p = bytes; size; size--, p++)
        if (*p == (unsigned char)c)
            return (void *)p;
    return NULL;
}

size_t strlen(const char *text)
{
    const char *end = text;
    while (*end)
        end++;
    return (size_t)(end - text);
}

size_t strnlen(const char *text, size_t size)
{
    size_t n = 0;
    while (n < size && text[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t size)
{
    for (; size && *a && *a == *b; a++, b++, size--)
        ;
    return size ? (unsigned char)*a - (unsigned char)*b : 0;
}

char *strchr(const char *text, int c)
{
    for (;; text++) {
        if (*text == (char)c)
            return (char *)text;
        if (!*text)
            return NULL;
    }
}

char *strrchr(const char *text, int c)
{
    const char *last = NULL;
    for (;; text++) {
        if (*text == (char)c)
            last = text;
        if (!*text)
            return (char *)last;
    }
}
