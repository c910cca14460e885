/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "elf/elf.h"

/**
 * Memory for parsed objects and linked sets: chunks from dm_phys, given back all at once with what
 * was made in them.
 */
struct arena {
    struct arena_chunk *chunks;
    struct elf_arena elf; /* the same as lib/elf sees it */
};

/** An empty arena; takes no memory yet. */
void arena_init(struct arena *arena);

/** @size bytes, aligned to 16, zeroed; null if dm_phys has no more. */
void *arena_alloc(struct arena *arena, size_t size);

/** A copy of @text in @arena, or null. */
char *arena_string(struct arena *arena, const char *text);

/** Bytes it has taken. */
uint64_t arena_bytes(const struct arena *arena);

/** Gives everything back. */
void arena_free(struct arena *arena);
