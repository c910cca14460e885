/* SPDX-License-Identifier: BSD-2-Clause */
#include "stack.h"

#include <string.h>

enum { AT_END = 0, AT_HEADERS = 3, AT_HEADER_SIZE = 4, AT_HEADER_COUNT = 5, AT_PAGE_SIZE = 6,
       AT_ENTRY_POINT = 9, AT_RANDOM_BYTES = 25, AT_KIP = 0xf2 };
enum { HEADER_SIZE = 56, PAGE = 4096, VECTORS = 9, ALIGNMENT = 16 };

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static uint64_t *put_argv(uint64_t *word, const struct stack_contents *c, uint64_t strings)
{
    const char *s = c->strings;

    for (unsigned i = 0; i < c->argc; i++) {
        *word++ = strings + (uint64_t)(s - c->strings);
        s += strlen(s) + 1;
    }
    *word++ = 0;
    return word;
}

static void put_vectors(uint64_t *word, const struct stack_contents *c, uint64_t random)
{
    const uint64_t vectors[VECTORS][2] = {
        {AT_HEADERS, c->headers.raw}, {AT_HEADER_SIZE, HEADER_SIZE},
        {AT_HEADER_COUNT, c->header_count}, {AT_PAGE_SIZE, PAGE},
        {AT_ENTRY_POINT, c->entry.raw}, {AT_RANDOM_BYTES, random},
        {AT_KIP, c->kip.raw}, {AT_END, 0}, {AT_END, 0},
    };
    memcpy(word, vectors, sizeof vectors);
}

maddr_t stack_build(void *block, size_t size, maddr_t top, const struct stack_contents *c)
{
    size_t strings = aligned(c->strings_size);
    size_t words = 1 + c->argc + 1 + 1 + 2 * VECTORS; /* argc, argv, environment, vectors */
    size_t used = aligned(sizeof c->random + strings + words * 8);

    if (used > size / 2)
        return (maddr_t){0};
    char *end = (char *)block + size;
    memcpy(end - sizeof c->random, c->random, sizeof c->random);
    memcpy(end - sizeof c->random - strings, c->strings, c->strings_size);
    uint64_t *word = (uint64_t *)(end - used);
    *word++ = c->argc;
    word = put_argv(word, c, top.raw - sizeof c->random - strings);
    *word++ = 0;
    put_vectors(word, c, top.raw - sizeof c->random);
    return (maddr_t){top.raw - used};
}
