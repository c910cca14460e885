/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ipc/server.h"
#include "tftp/tftp.h"

/*
 * One download: lib/tftp on one side, a copier on the other, two buffers between them. While the
 * copier writes one, packets fill the other; when both are full the server is held back. Each
 * download has its own of everything, so nobody waits for a slow server or a slow client.
 */

#define DOWNLOADS       8 /* at once; further clients wait in a row */
#define DOWNLOAD_CHUNK  (128 * 1024)
#define DOWNLOAD_SAY    (4ull << 20) /* a line each so many bytes */

/* Bounds, in microseconds. The client's own is that of idl/fprov.idl: it shall hear the reason. */
#define DOWNLOAD_TOTAL_US   55000000ull
#define DOWNLOAD_SILENCE_US 20000000ull
#define DOWNLOAD_COPY_US    10000000ull /* one piece of the client's dataspace */

/** What a client wants. */
struct request {
    char name[TFTP_NAME_MAX + 1]; /* as the TFTP server gets it */
    l4_cap_t dm;
    l4_cap_t dataspace; /* empty slot for it */
    struct ipc_later later;
};

/** What the command line may change. */
struct download_wishes {
    unsigned block;      /* bytes of a block, asked for; a range: lib/tftp */
    uint64_t silence_us; /* so long a server may be silent, also that of DHCP */
};

/** Makes the copiers and their gates. -ERR_EINVAL: @wishes make no sense; errors of the kernel. */
long downloads_init(struct ipc_server *server, const struct download_wishes *wishes);

/** Begins with @request, of which a copy is made. False: all downloads are in use. */
bool download_start(struct ipc_server *server, const struct request *request);

/** Time has passed, or the network is there. */
void downloads_tick(struct ipc_server *server, uint64_t now_us);

/** When downloads_tick() has something to do; ~0: never. */
uint64_t downloads_deadline(void);

/** Downloads under way. */
unsigned downloads_busy(void);

/** A download has ended: by open.c, which has the row of those that wait. */
void download_ended(struct ipc_server *server, struct request *request, long result,
                    uint64_t size);
