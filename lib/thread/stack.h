/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/**
 * Attaches a new stack of @size bytes (whole pages) with a guard below that nothing else can get.
 * -ERR_ENOMEM, errors of the dataspace manager.
 */
long stack_alloc(uint64_t size, uint64_t *start);

/** Gives back the stack that starts at @start, and its guard. */
void stack_free(uint64_t start);
