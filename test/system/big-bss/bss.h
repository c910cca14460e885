/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <string.h>

enum { BSS_PAGE = 4096 };

/**
 * Looks at a few pages of @size zero bytes at @memory, writes some; with "all", writes each. 0: as
 * it should be.
 */
static inline int bss_use(char *memory, size_t size, int argc, char **argv)
{
    size_t step = argc > 1 && strcmp(argv[1], "all") == 0 ? BSS_PAGE : size / 16;

    for (size_t at = 0; at < size; at += step) {
        if (memory[at] || memory[at + BSS_PAGE - 1])
            return 1;
        memory[at] = (char)(1 + at / step % 100);
    }
    if (memory[size - 1])
        return 2;
    memory[size - 1] = 1;
    for (size_t at = 0; at < size; at += step)
        if (memory[at] != (char)(1 + at / step % 100))
            return 3;
    return 0;
}
