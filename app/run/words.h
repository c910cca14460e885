/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

/**
 * Splits @line in place into *@count words, at most half its size with the zero at its end; what
 * stands in quotes, '...' or "...", belongs to one word. False: a quote is open.
 */
bool words_split(char *line, char **words, unsigned *count);
