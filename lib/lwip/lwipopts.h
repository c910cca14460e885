/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* What of lwIP we use: IPv4, ARP, ICMP, UDP, DHCP on one Ethernet card, without threads. */

#define NO_SYS                 1
#define SYS_LIGHTWEIGHT_PROT   0
#define LWIP_TIMERS            1
#define LWIP_SINGLE_NETIF      1
#define LWIP_NETIF_TX_SINGLE_PBUF 1

#define LWIP_IPV4              1
#define LWIP_IPV6              0
#define LWIP_ARP               1
#define LWIP_ETHERNET          1
#define LWIP_ICMP              1
#define LWIP_UDP               1
#define LWIP_DHCP              1
#define LWIP_DHCP_BOOTP_FILE   1 /* which server has the files */
#define DHCP_DOES_ARP_CHECK    0
#define LWIP_TCP               0
#define LWIP_RAW               0
#define LWIP_DNS               0
#define LWIP_IGMP              0
#define LWIP_AUTOIP            0
#define LWIP_NETCONN           0
#define LWIP_SOCKET            0
#define IP_REASSEMBLY          0 /* a block fits into one packet */
#define IP_FRAG                0
#define LWIP_STATS             0

#define MEM_ALIGNMENT          8
#define MEM_SIZE               (64 * 1024)
#define MEMP_NUM_UDP_PCB       16
#define MEMP_NUM_SYS_TIMEOUT   8
#define PBUF_POOL_SIZE         32
#define PBUF_POOL_BUFSIZE      1600 /* a whole packet: never a chain */
#define ARP_TABLE_SIZE         16
#define ETHARP_TRUST_IP_MAC    0
#define LWIP_RANDOMIZE_INITIAL_LOCAL_PORTS 1
