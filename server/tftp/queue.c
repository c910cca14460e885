/* SPDX-License-Identifier: BSD-2-Clause */
#include "queue.h"

#include <l4/types.h>
#include <string.h>

enum { FLAG_NEXT = 1, FLAG_WRITE = 2 };

struct queue_desc {
    uint64_t address;
    uint32_t size;
    uint16_t flags, next;
};

struct queue_avail {
    uint16_t flags, index;
    uint16_t ring[];
};

struct queue_used {
    uint16_t flags, index;
    struct {
        uint32_t id, size;
    } ring[];
};

/* The processor keeps the order of stores; only the compiler must. */
static void barrier(void)
{
    __asm__ volatile("" : : : "memory");
}

static uint64_t page_up(uint64_t size)
{
    return (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

/* The used ring begins with a page of its own. */
static uint64_t used_at(unsigned size)
{
    return page_up(size * sizeof(struct queue_desc) + sizeof(struct queue_avail)
                   + (size + 1) * sizeof(uint16_t));
}

uint64_t queue_ring_bytes(unsigned size)
{
    return used_at(size) + page_up(sizeof(struct queue_used) + size * 8 + sizeof(uint16_t));
}

static unsigned buffers_of(unsigned size)
{
    return size / 2 < QUEUE_BUFFERS_MAX ? size / 2 : QUEUE_BUFFERS_MAX;
}

uint64_t queue_buffer_bytes(unsigned size)
{
    return page_up(buffers_of(size) * (uint64_t)QUEUE_BUFFER);
}

static void describe(struct queue *q, unsigned i, bool receive)
{
    uint64_t at = q->memory_physical + i * (uint64_t)QUEUE_BUFFER;
    uint16_t write = receive ? FLAG_WRITE : 0;

    q->desc[2 * i].address = at;
    q->desc[2 * i].size = QUEUE_HEADER;
    q->desc[2 * i].flags = FLAG_NEXT | write;
    q->desc[2 * i].next = (uint16_t)(2 * i + 1);
    q->desc[2 * i + 1].address = at + QUEUE_PACKET_AT;
    q->desc[2 * i + 1].flags = write;
}

void queue_init(struct queue *q, unsigned size, const struct queue_place *place)
{
    uint8_t *ring = place->ring;

    *q = (struct queue){
        .size = size,
        .buffers = buffers_of(size),
        .desc = (volatile struct queue_desc *)ring,
        .avail = (volatile struct queue_avail *)(ring + size * sizeof(struct queue_desc)),
        .used = (volatile struct queue_used *)(ring + used_at(size)),
        .memory = place->memory,
        .memory_physical = place->memory_physical,
    };
    for (unsigned i = 0; i < q->buffers; i++)
        describe(q, i, place->receive);
}

uint8_t *queue_packet(const struct queue *q, unsigned i)
{
    return q->memory + i * (size_t)QUEUE_BUFFER + QUEUE_PACKET_AT;
}

void queue_give(struct queue *q, unsigned i, unsigned size)
{
    uint16_t index = q->avail->index;

    q->desc[2 * i + 1].size = size;
    q->avail->ring[index % q->size] = (uint16_t)(2 * i);
    barrier();
    q->avail->index = (uint16_t)(index + 1);
    barrier();
}

bool queue_take(struct queue *q, unsigned *i, unsigned *size)
{
    while (q->used->index != q->seen) {
        barrier();
        uint32_t id = q->used->ring[q->seen % q->size].id;
        uint32_t bytes = q->used->ring[q->seen % q->size].size;
        q->seen++;
        if (id % 2 || id / 2 >= q->buffers)
            continue;
        *i = id / 2;
        *size = bytes < QUEUE_HEADER ? 0 : bytes - QUEUE_HEADER;
        if (*size > QUEUE_PACKET_MAX)
            *size = 0;
        return true;
    }
    return false;
}
