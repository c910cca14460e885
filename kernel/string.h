/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

/* What of <string.h> is needed; the compiler also calls the first two by itself. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);
size_t strlen(const char *s);
bool string_equal(const char *a, const char *b);
