/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <string.h>

#include "memory.h"

#define CHUNK_SIZE (16 * 1024ul)

/** Head of a chunk; what it hands out follows. */
struct arena_chunk {
    struct arena_chunk *next;
    struct memory memory;
    size_t used;
};

static void *elf_alloc(void *context, size_t size)
{
    return arena_alloc(context, size);
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){.elf = {.alloc = elf_alloc, .context = arena}};
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
    struct memory memory;
    size_t head = (sizeof(struct arena_chunk) + 15) & ~15ul;

    if (size > SIZE_MAX / 2)
        return NULL;
    if (memory_open(&memory, size + head < CHUNK_SIZE ? CHUNK_SIZE : size + head, "arena"))
        return NULL;
    struct arena_chunk *chunk = memory.address;
    chunk->next = arena->chunks;
    chunk->memory = memory;
    chunk->used = head;
    arena->chunks = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_chunk *chunk = arena->chunks;

    size = (size + 15) & ~15ul;
    if (!chunk || chunk->memory.size - chunk->used < size)
        chunk = add_chunk(arena, size);
    if (!chunk)
        return NULL;
    void *result = (char *)chunk + chunk->used;
    chunk->used += size;
    return result;
}

char *arena_string(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_alloc(arena, size);

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

uint64_t arena_bytes(const struct arena *arena)
{
    uint64_t bytes = 0;

    for (const struct arena_chunk *chunk = arena->chunks; chunk; chunk = chunk->next)
        bytes += chunk->memory.size;
    return bytes;
}

void arena_free(struct arena *arena)
{
    struct arena_chunk *chunk = arena->chunks;

    while (chunk) {
        struct arena_chunk *next = chunk->next;
        struct memory memory = chunk->memory;
        memory_close(&memory);
        chunk = next;
    }
    arena->chunks = NULL;
}
