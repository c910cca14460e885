/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <task/slots.h>

#include "card.h"
#include "download.h"
#include "errors/errors.h"
#include "ipc/ipc.h"
#include "keep.h"
#include "l4sys/irq.h"
#include "libc/server/server.h"
#include "net.h"
#include "open.h"
#include "server/server.h"

/*
 * TFTP: the glue.
 *   tftp [ip=ADDRESS [mask=ADDRESS] [gateway=ADDRESS] server=ADDRESS]
 *        [block=BYTES] [silence=SECONDS] [keep=SECONDS]
 * Without ip everything comes by DHCP; server= counts then, too. Blocks smaller than usual are for
 * tests; a server that is silent for longer than that is given up. keep: see keep.h.
 */

#define OBJECTS     (2 + 2 * DOWNLOADS) /* base gate, card; faults and end of each copier */
#define REPLIES     (1 + DOWNLOADS + ROW_MAX)
#define MEMORY      (8ull << 20)
#define LEVEL_LOW   0x7 /* ABI 7.6: how PCI interrupts fire */

static struct ipc_object objects[OBJECTS];
static struct ipc_reply_slot replies[REPLIES];

static const char *block, *silence, *keep;

static void argument(const char *word, struct net_config *config)
{
    const struct {
        const char *key, **value;
    } keys[] = {{"ip=", &config->ip}, {"mask=", &config->mask}, {"gateway=", &config->gateway},
                {"server=", &config->server}, {"block=", &block}, {"silence=", &silence},
                {"keep=", &keep}};

    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strncmp(word, keys[i].key, strlen(keys[i].key)) == 0) {
            *keys[i].value = word + strlen(keys[i].key);
            return;
        }
    printf("argument %s is not known\n", word);
    server_check("arguments", -ERR_EINVAL);
}

static void start_card(struct ipc_server *server)
{
    struct ipc_object *irq = NULL;
    const uint8_t *mac;

    server_check("network card", card_init());
    mac = card_mac();
    printf("virtio-net card, interrupt %u, %02x:%02x:%02x:%02x:%02x:%02x\n", card_pin(), mac[0],
           mac[1], mac[2], mac[3], mac[4], mac[5]);
    server_check("interrupt", ipc_irq_create(server, &tftp_card_kind, NULL, &irq));
    server_check("interrupt mode", l4_icu_set_mode(TASK_CAP_ICU, card_pin(), LEVEL_LOW));
    server_check("interrupt line", l4_icu_bind(TASK_CAP_ICU, card_pin(), irq->gate));
    l4_irq_unmask(irq->gate);
}

int main(int argc, char **argv)
{
    static struct ipc_server server = {
        .name = "tftp", .thread = TASK_CAP_THREAD, .factory = TASK_CAP_FACTORY,
        .objects = objects, .object_count = OBJECTS,
        .replies = replies, .reply_count = REPLIES,
        .tick = tftp_tick_all,
    };
    struct net_config config = {0};
    struct download_wishes wishes = {TFTP_BLOCK_MAX, DOWNLOAD_SILENCE_US};
    struct ipc_object *base = NULL;

    for (int i = 1; i < argc; i++)
        argument(argv[i], &config);
    if (block)
        wishes.block = (unsigned)atoi(block);
    if (silence)
        wishes.silence_us = (uint64_t)atoi(silence) * 1000000;
    if (keep) {
        server_check("keep", atoi(keep) < 0 ? -ERR_EINVAL : 0);
        keep_init((uint64_t)atoi(keep) * 1000000);
    }
    server.kip = libc_kip();
    server_check("interrupt of dead gates", ipc_server_init(&server));
    server_check("session at DM_PHYS", server_open_dm(MEMORY, NULL));
    start_card(&server);
    server_check("addresses", net_init(&config));
    server_check("copying threads", downloads_init(&server, &wishes));
    server_check("base gate", ipc_service_create(&server, &tftp_base_kind, NULL, &base));
    server_check("register TFTP", server_register("TFTP", base->gate));
    printf("ready\n");
    tftp_tick_all(&server);
    server_check("serve", ipc_serve(&server));
    return 1;
}
