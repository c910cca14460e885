/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>

/** The loader's own books (contracts.md 4). Service thread. */
void books_print_own(FILE *to);

/**
 * Has everybody write books: all services that are registered at names, roottask, sigma0 and the
 * kernel, between the lines `books begin @name` and `books end @name`. Start worker.
 */
void books_print_all(const char *name);
