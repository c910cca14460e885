/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The network card: virtio-net in its legacy form, driven through I/O ports. */

#define CARD_MAC 6

/** Finds and starts the card. Negative: none (-ERR_ENXIO), no ports, no memory. */
long card_init(void);

/** Its Ethernet address. */
const uint8_t *card_mac(void);

/** Interrupt line of the PIC. Level triggered: card_quiet() before it is unmasked. */
unsigned card_pin(void);

/** The card takes back its interrupt. */
void card_quiet(void);

/** Room for a packet to send, of QUEUE_PACKET_MAX bytes; null: all are under way. */
uint8_t *card_room(void);

/** Sends the @size bytes that were written to what card_room() gave last. */
void card_send(size_t size);

/** The next packet that has come, null if there is none. Valid until card_done(). */
const uint8_t *card_receive(size_t *size);

/** The packet of card_receive() is not needed any more. */
void card_done(void);
