/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

/**
 * Splits a module's command line at blanks, outside of '...' and "...", into @count strings in a
 * row at @to (@size bytes), each terminated. Returns the bytes used, -ERR_EINVAL for a quote
 * without end, -ERR_E2BIG if they do not fit.
 */
long arguments_split(const char *line, char *to, size_t size, unsigned *count);

/**
 * Name of a module: last path component of the first word of @line, cut to fit @to (@size bytes).
 */
void arguments_name(const char *line, char *to, size_t size);
