/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/types.h>

/*
 * Free address ranges of a server, for the dataspaces it maps: [TASK_SERVER_AREA,
 * TASK_SERVER_AREA_END). Any thread: a short lock, never held over a call.
 */

/**
 * A free range of @size bytes (whole pages), aligned to the largest power of two in it up to 2 MiB;
 * 0 if there is none, or the table is full.
 */
uint64_t area_alloc(uint64_t size);

/** Gives the range from @start back; it was returned by area_alloc(). */
void area_free(uint64_t start);
