/* SPDX-License-Identifier: BSD-2-Clause */
#include "script/parser.h"

#include <string.h>

enum { BLOCK_SIZE = 8192, ALIGN = 16 };

struct block {
    struct block *next;
    char data[] __attribute__((aligned(ALIGN)));
};

/* Zeroed memory, aligned for everything; null when there is none left. */
void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (size > arena->left) {
        size_t room = BLOCK_SIZE - sizeof(struct block);
        if (size > room)
            room = size;
        struct block *block = arena->memory.alloc(arena->memory.context,
                                                  sizeof(struct block) + room);
        if (!block)
            return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->next = block->data;
        arena->left = room;
    }
    void *piece = arena->next;
    arena->next += size;
    arena->left -= size;
    return memset(piece, 0, size);
}

void arena_free(struct arena *arena)
{
    while (arena->blocks) {
        struct block *block = arena->blocks;
        arena->blocks = block->next;
        arena->memory.free(arena->memory.context, block);
    }
}
