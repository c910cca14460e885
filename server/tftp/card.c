/* SPDX-License-Identifier: BSD-2-Clause */
#include "card.h"

#include <task/slots.h>
#include <x86/port.h>

#include "dma.h"
#include "errors/errors.h"
#include "pci.h"
#include "queue.h"
#include "sigma0/client.h"

enum { VENDOR = 0x1af4, DEVICE = 0x1000, PORTS_ORDER = 5 };
enum { /* registers, as offsets from the first port (virtio 1.0 section 4.1.4.8) */
       DEVICE_FEATURES = 0, DRIVER_FEATURES = 4, QUEUE_PAGE = 8, QUEUE_SIZE = 12,
       QUEUE_SELECT = 14, QUEUE_NOTIFY = 16, STATUS = 18, ISR = 19, MAC = 20 };
enum { FEATURE_MAC = 1 << 5 };
enum { STATUS_SEEN = 1, STATUS_DRIVER = 2, STATUS_RUNS = 4 };
enum { RECEIVE, SEND, QUEUES };
enum { QUEUE_SIZE_MIN = 4, QUEUE_SIZE_MAX = 1024 };

static struct pci_function function;
static struct queue queues[QUEUES];
static uint8_t mac[CARD_MAC];
static bool is_free[QUEUE_BUFFERS_MAX]; /* of the sending queue */
static unsigned sending, receiving; /* buffer that card_room() or card_receive() gave */

static long init_queue(unsigned number)
{
    struct dma memory;

    out16(function.io_base + QUEUE_SELECT, (uint16_t)number);
    unsigned size = in16(function.io_base + QUEUE_SIZE);
    if (size < QUEUE_SIZE_MIN || size > QUEUE_SIZE_MAX || size & (size - 1))
        return -ERR_EUNSUPPORTED;
    uint64_t ring = queue_ring_bytes(size);
    long error = dma_alloc(ring + queue_buffer_bytes(size), &memory);
    if (error < 0)
        return error;
    queue_init(&queues[number], size,
               &(struct queue_place){.ring = memory.address,
                                     .memory = (uint8_t *)memory.address + ring,
                                     .memory_physical = memory.physical + ring,
                                     .receive = number == RECEIVE});
    out32(function.io_base + QUEUE_PAGE, (uint32_t)(memory.physical / L4_PAGE_SIZE));
    return 0;
}

static void start(void)
{
    for (unsigned i = 0; i < queues[SEND].buffers; i++)
        is_free[i] = true;
    for (unsigned i = 0; i < queues[RECEIVE].buffers; i++)
        queue_give(&queues[RECEIVE], i, QUEUE_PACKET_MAX);
    out8(function.io_base + STATUS, STATUS_SEEN | STATUS_DRIVER | STATUS_RUNS);
    out16(function.io_base + QUEUE_NOTIFY, RECEIVE);
}

long card_init(void)
{
    long error = pci_init();

    if (error >= 0)
        error = pci_find(VENDOR, DEVICE, &function);
    if (error >= 0)
        error = sigma0_get_ports(TASK_CAP_PAGER, function.io_base, PORTS_ORDER);
    if (error < 0)
        return error;
    pci_enable(&function);
    out8(function.io_base + STATUS, 0);
    out8(function.io_base + STATUS, STATUS_SEEN);
    out8(function.io_base + STATUS, STATUS_SEEN | STATUS_DRIVER);
    out32(function.io_base + DRIVER_FEATURES,
          in32(function.io_base + DEVICE_FEATURES) & FEATURE_MAC);
    for (unsigned i = 0; i < CARD_MAC; i++)
        mac[i] = in8(function.io_base + MAC + i);
    for (unsigned i = 0; error >= 0 && i < QUEUES; i++)
        error = init_queue(i);
    if (error >= 0)
        start();
    return error;
}

const uint8_t *card_mac(void)
{
    return mac;
}

unsigned card_pin(void)
{
    return function.pin;
}

void card_quiet(void)
{
    in8(function.io_base + ISR); /* reading it is the acknowledgement */
}

uint8_t *card_room(void)
{
    unsigned i, size;

    while (queue_take(&queues[SEND], &i, &size))
        is_free[i] = true;
    for (i = 0; i < queues[SEND].buffers; i++)
        if (is_free[i]) {
            sending = i;
            return queue_packet(&queues[SEND], i);
        }
    return NULL;
}

void card_send(size_t size)
{
    is_free[sending] = false;
    queue_give(&queues[SEND], sending, (unsigned)size);
    out16(function.io_base + QUEUE_NOTIFY, SEND);
}

const uint8_t *card_receive(size_t *size)
{
    unsigned bytes;

    if (!queue_take(&queues[RECEIVE], &receiving, &bytes))
        return NULL;
    *size = bytes;
    return queue_packet(&queues[RECEIVE], receiving);
}

void card_done(void)
{
    queue_give(&queues[RECEIVE], receiving, QUEUE_PACKET_MAX);
    out16(function.io_base + QUEUE_NOTIFY, RECEIVE);
}
