/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The network as the TFTP client needs it: UDP to and from one server. lwIP is known only here. */

/** As on the command line; null where nothing is said. Dotted decimal. */
struct net_config {
    const char *ip, *mask, *gateway; /* without ip: all by DHCP */
    const char *server;
};

/** One local port. */
struct net_socket;

/** Starts the card (card_init() has been called) with @config. -ERR_EINVAL: no addresses. */
long net_init(const struct net_config *config);

/** Packets that have come are handled, timers run. Call at each interrupt and at net_deadline(). */
void net_poll(void);

/** When net_poll() has something to do, if no interrupt comes before. */
uint64_t net_deadline(uint64_t now_us);

/** True once own address and server are known. */
bool net_ready(void);

/** Own address and server, for the log. */
void net_print(void);

/**
 * A new local port. @receive is called with @data from net_poll() for each packet of the server,
 * whatever its port. Null: none left.
 */
struct net_socket *net_open(void (*receive)(void *data, uint16_t port, const void *bytes,
                                            size_t size), void *data);

/** The port is closed; null is ignored. Not from inside receive(). */
void net_close(struct net_socket *socket);

/** Sends @size bytes to @port of the server; whether they arrive nobody knows. */
void net_send(struct net_socket *socket, uint16_t port, const void *bytes, size_t size);
