/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>

/** One line of the books (contracts.md 4): what is held for @client, one word, and what is kept. */
struct books_row {
    const char *client;
    const char *kind;
    uint64_t count, cached;
};

/**
 * Writes @count rows as `books SERVER CLIENT KIND COUNT CACHED`, sorted by client, then kind; rows
 * that agree in both are one line with the sums. Reorders @rows.
 */
void books_write(FILE *to, const char *server, struct books_row *rows, unsigned count);
