/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>

/**
 * exec's books (contracts.md 4): a task per client, openings in progress, and what is kept for the
 * next start: objects and linked sets.
 */
void books_print_own(FILE *to);
