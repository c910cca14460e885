/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * A queue of packet buffers between us and a virtio device (legacy form, virtio 1.0 section 2.4).
 * Buffer i is a pair of descriptors: 2i the header, 2i + 1 the packet.
 */

#define QUEUE_BUFFERS_MAX 64
#define QUEUE_BUFFER      2048 /* bytes in memory, header included */
#define QUEUE_HEADER      10   /* what the device puts before each packet */
#define QUEUE_PACKET_AT   16
#define QUEUE_PACKET_MAX  1536

struct queue_desc;
struct queue_avail;
struct queue_used;

struct queue {
    unsigned size;    /* descriptors: the device's choice */
    unsigned buffers; /* in use: at most size / 2 and QUEUE_BUFFERS_MAX */
    volatile struct queue_desc *desc;
    volatile struct queue_avail *avail;
    volatile struct queue_used *used;
    uint16_t seen; /* entries of the used ring we have taken */
    uint8_t *memory; /* of the buffers */
    uint64_t memory_physical;
};

/** Bytes that the rings of a queue with @size descriptors need, whole pages; and its buffers. */
uint64_t queue_ring_bytes(unsigned size);
uint64_t queue_buffer_bytes(unsigned size);

/**
 * Lays out a queue of @size descriptors (a power of two, 4..1024) in @ring, zeroed, and its
 * buffers at @memory. @receive: the device writes the packets.
 */
struct queue_place {
    void *ring;
    uint8_t *memory;
    uint64_t memory_physical;
    bool receive;
};
void queue_init(struct queue *queue, unsigned size, const struct queue_place *place);

/** Where the packet of buffer @i is. */
uint8_t *queue_packet(const struct queue *queue, unsigned i);

/** Gives buffer @i with a packet of @size bytes (receive: of room) to the device. */
void queue_give(struct queue *queue, unsigned i, unsigned size);

/**
 * A buffer that the device has finished with: *@i, *@size bytes of packet. False: none. What
 * makes no sense is passed by.
 */
bool queue_take(struct queue *queue, unsigned *i, unsigned *size);
