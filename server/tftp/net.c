/* SPDX-License-Identifier: BSD-2-Clause */
#include "net.h"

#include <string.h>
#include <sys/auxv.h>

#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

#include "card.h"
#include "errors/errors.h"
#include "queue.h"
#include "server/server.h"

#define SOCKETS 8
#define MTU     1500
#define NET_DEFAULT_MASK "255.255.255.0"

struct net_socket {
    struct udp_pcb *pcb;
    void (*receive)(void *data, uint16_t port, const void *bytes, size_t size);
    void *data;
};

static struct net_socket sockets[SOCKETS];
static struct netif card;
static ip4_addr_t server;      /* as configured; zero: by DHCP */
static uint64_t random_state;

uint32_t net_random(void)
{
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(random_state >> 32);
}

/* Different for each boot, hard to guess from outside: port numbers depend on it. */
static void seed_random(void)
{
    const void *bytes = (const void *)getauxval(AT_RANDOM);
    uint64_t seed = 0;

    if (bytes)
        memcpy(&seed, bytes, sizeof seed);
    random_state = seed ^ server_clock_us() << 32 ^ card_mac()[CARD_MAC - 1];
    net_random();
}

/* lwIP's clock, in milliseconds. */
u32_t sys_now(void)
{
    return (u32_t)(server_clock_us() / 1000);
}

static err_t transmit(struct netif *netif, struct pbuf *packet)
{
    uint8_t *room = packet->tot_len <= QUEUE_PACKET_MAX ? card_room() : NULL;

    (void)netif;
    if (!room)
        return ERR_MEM; /* lost: everybody above sends again */
    pbuf_copy_partial(packet, room, packet->tot_len, 0);
    card_send(packet->tot_len);
    return ERR_OK;
}

static err_t attach(struct netif *netif)
{
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->output = etharp_output;
    netif->linkoutput = transmit;
    netif->mtu = MTU;
    netif->hwaddr_len = CARD_MAC;
    memcpy(netif->hwaddr, card_mac(), CARD_MAC);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

static bool parse(const char *text, const char *otherwise, ip4_addr_t *address)
{
    const char *what = text ? text : otherwise;

    ip4_addr_set_zero(address);
    return !what || ip4addr_aton(what, address);
}

long net_init(const struct net_config *config)
{
    ip4_addr_t ip, mask, gateway;

    if (!parse(config->ip, NULL, &ip) || !parse(config->server, NULL, &server)
        || !parse(config->mask, config->ip ? NET_DEFAULT_MASK : NULL, &mask)
        || !parse(config->gateway, config->server, &gateway)
        || (config->ip && !config->server))
        return -ERR_EINVAL;
    seed_random();
    lwip_init();
    if (!netif_add(&card, &ip, &mask, &gateway, NULL, attach, netif_input))
        return -ERR_ENOMEM;
    netif_set_default(&card);
    netif_set_up(&card);
    if (!config->ip && dhcp_start(&card) != ERR_OK)
        return -ERR_ENOMEM;
    return 0;
}

static void input(const uint8_t *bytes, size_t size)
{
    struct pbuf *packet = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);

    if (!packet)
        return;
    pbuf_take(packet, bytes, (u16_t)size);
    if (card.input(packet, &card) != ERR_OK)
        pbuf_free(packet);
}

void net_poll(void)
{
    const uint8_t *bytes;
    size_t size;

    while ((bytes = card_receive(&size))) {
        input(bytes, size);
        card_done();
    }
    sys_check_timeouts();
}

uint64_t net_deadline(uint64_t now_us)
{
    u32_t ms = sys_timeouts_sleeptime();

    return ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE ? ~0ull : now_us + ms * 1000ull;
}

/* The server that the command line names, else the one that DHCP names, else the router. */
static const ip4_addr_t *server_address(void)
{
    struct dhcp *dhcp = netif_dhcp_data(&card);

    if (!ip4_addr_isany(&server))
        return &server;
    if (dhcp && !ip4_addr_isany_val(dhcp->offered_si_addr))
        return &dhcp->offered_si_addr;
    return netif_ip4_gw(&card);
}

bool net_ready(void)
{
    return !ip4_addr_isany(netif_ip4_addr(&card)) && !ip4_addr_isany(server_address());
}

void net_print(void)
{
    char own[IP4ADDR_STRLEN_MAX], other[IP4ADDR_STRLEN_MAX];

    ip4addr_ntoa_r(netif_ip4_addr(&card), own, sizeof own);
    ip4addr_ntoa_r(server_address(), other, sizeof other);
    printf("address %s, server %s\n", own, other);
}

static void arrived(void *argument, struct udp_pcb *pcb, struct pbuf *packet,
                    const ip_addr_t *from, u16_t port)
{
    struct net_socket *s = argument;
    static uint8_t bytes[QUEUE_PACKET_MAX];
    size_t size = packet->tot_len;

    (void)pcb;
    if (ip4_addr_cmp(from, server_address()) && size <= sizeof bytes) {
        pbuf_copy_partial(packet, bytes, (u16_t)size, 0);
        s->receive(s->data, port, bytes, size);
    }
    pbuf_free(packet);
}

struct net_socket *net_open(void (*receive)(void *data, uint16_t port, const void *bytes,
                                            size_t size), void *data)
{
    struct net_socket *s = sockets;

    while (s < sockets + SOCKETS && s->pcb)
        s++;
    if (s == sockets + SOCKETS)
        return NULL;
    *s = (struct net_socket){.pcb = udp_new(), .receive = receive, .data = data};
    if (!s->pcb)
        return NULL;
    if (udp_bind(s->pcb, IP4_ADDR_ANY, 0) != ERR_OK) {
        net_close(s);
        return NULL;
    }
    udp_recv(s->pcb, arrived, s);
    return s;
}

void net_close(struct net_socket *s)
{
    if (!s)
        return;
    udp_remove(s->pcb);
    s->pcb = NULL;
}

void net_send(struct net_socket *s, uint16_t port, const void *bytes, size_t size)
{
    struct pbuf *packet = pbuf_alloc(PBUF_TRANSPORT, (u16_t)size, PBUF_RAM);

    if (!packet)
        return;
    pbuf_take(packet, bytes, (u16_t)size);
    udp_sendto(s->pcb, packet, server_address(), port);
    pbuf_free(packet);
}
