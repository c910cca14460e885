/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "unit.h"
#include "server/tftp/queue.h"

/*
 * The ring of server/tftp with a pretended device, which reads and writes memory as virtio 1.0
 * says.
 */

#define SIZE     16 /* descriptors: 8 buffers */
#define PHYSICAL 0x40000000ull

static struct queue queue;
static uint8_t *ring, *memory;

static void set_up(bool receive)
{
    free(ring);
    free(memory);
    ring = calloc(1, queue_ring_bytes(SIZE));
    memory = calloc(1, queue_buffer_bytes(SIZE));
    queue_init(&queue, SIZE, &(struct queue_place){.ring = ring, .memory = memory,
                                                   .memory_physical = PHYSICAL,
                                                   .receive = receive});
}

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint64_t get(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    memcpy(&value, at, bytes);
    return value;
}

/* Descriptor @i: 16 bytes each from the start. */
static const uint8_t *desc(unsigned i)
{
    return ring + i * 16;
}

static uint16_t offered(void)
{
    return get16(ring + SIZE * 16 + 2);
}

static uint16_t offer(uint16_t number)
{
    return get16(ring + SIZE * 16 + 4 + number % SIZE * 2);
}

/* The device has finished with chain @id; the used ring is on the second page. */
static void use(uint32_t id, uint32_t bytes)
{
    uint8_t *used = ring + 4096;
    uint16_t index = get16(used + 2);

    memcpy(used + 4 + index % SIZE * 8, &id, 4);
    memcpy(used + 4 + index % SIZE * 8 + 4, &bytes, 4);
    index++;
    memcpy(used + 2, &index, 2);
}

TEST(layout)
{
    CHECK_EQ(queue_ring_bytes(256), 3 * 4096); /* as the standard's example */
    CHECK_EQ(queue_ring_bytes(SIZE), 2 * 4096);
    set_up(true);
    CHECK_EQ(queue.buffers, 8);
    for (unsigned i = 0; i < queue.buffers; i++) {
        CHECK_EQ(get(desc(2 * i), 8), PHYSICAL + i * QUEUE_BUFFER);
        CHECK_EQ(get(desc(2 * i) + 8, 4), QUEUE_HEADER);
        CHECK_EQ(get16(desc(2 * i) + 12), 1 | 2); /* next, write */
        CHECK_EQ(get16(desc(2 * i) + 14), 2 * i + 1);
        CHECK_EQ(get(desc(2 * i + 1), 8), PHYSICAL + i * QUEUE_BUFFER + QUEUE_PACKET_AT);
        CHECK_EQ(get16(desc(2 * i + 1) + 12), 2);
    }
    set_up(false);
    CHECK_EQ(get16(desc(0) + 12), 1);
    CHECK_EQ(get16(desc(1) + 12), 0);
}

/* More packets than the 16-bit indices can count, several under way. */
TEST(indices_wrap)
{
    unsigned i, size, given = 0;

    set_up(true);
    for (unsigned k = 0; k < queue.buffers; k++, given++)
        queue_give(&queue, k, QUEUE_PACKET_MAX);
    for (unsigned k = 0; k < 140000; k++) {
        CHECK_EQ(offered(), given % 65536);
        CHECK(!queue_take(&queue, &i, &size));
        uint16_t id = offer((uint16_t)k);
        use(id, QUEUE_HEADER + 60 + k % 1000);
        CHECK(queue_take(&queue, &i, &size));
        CHECK_EQ(i, id / 2);
        CHECK_EQ(size, 60 + k % 1000);
        queue_give(&queue, i, QUEUE_PACKET_MAX);
        given++;
    }
}

TEST(what_a_device_must_not_say)
{
    unsigned i = 99, size = 99;

    set_up(true);
    use(1, 100); /* the middle of a chain */
    use(16, 100);
    use(0xffffffff, 100);
    CHECK(!queue_take(&queue, &i, &size));
    use(4, 3); /* less than a header */
    CHECK(queue_take(&queue, &i, &size));
    CHECK_EQ(i, 2);
    CHECK_EQ(size, 0);
    use(6, 0xffffffff);
    CHECK(queue_take(&queue, &i, &size));
    CHECK_EQ(size, 0);
    use(6, QUEUE_HEADER + QUEUE_PACKET_MAX);
    CHECK(queue_take(&queue, &i, &size));
    CHECK_EQ(size, QUEUE_PACKET_MAX);
}

TEST(packets_are_inside_their_buffer)
{
    set_up(false);
    for (unsigned i = 0; i < queue.buffers; i++) {
        CHECK(queue_packet(&queue, i) >= memory + i * QUEUE_BUFFER + QUEUE_HEADER);
        CHECK(queue_packet(&queue, i) + QUEUE_PACKET_MAX <= memory + (i + 1) * QUEUE_BUFFER);
    }
    queue_give(&queue, 3, 77);
    CHECK_EQ(offer(0), 6);
    CHECK_EQ(get(desc(7) + 8, 4), 77);
    free(ring);
    free(memory);
}

UNIT_MAIN(T(layout), T(indices_wrap), T(what_a_device_must_not_say),
          T(packets_are_inside_their_buffer))
