/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "types.h"

/** What a program finds on its first stack (System V ABI; contracts.md 1). */
struct stack_contents {
    const char *strings; /* the arguments in a row, each terminated */
    size_t strings_size;
    unsigned argc;
    maddr_t headers, entry, kip; /* program headers, entry point, kernel info page */
    unsigned header_count;
    uint64_t random[2];
};

/**
 * Writes the stack into the @size bytes at @block, which the program will see end at @top (aligned
 * to 16). Returns the stack pointer; 0 if the contents take more than half of @size.
 */
maddr_t stack_build(void *block, size_t size, maddr_t top, const struct stack_contents *contents);
