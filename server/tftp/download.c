/* SPDX-License-Identifier: BSD-2-Clause */
#include "download.h"

#include <stdio.h>
#include <string.h>

#include "copier.h"
#include "errors/errors.h"
#include "ipc/ipc.h"
#include "net.h"
#include "server/server.h"

_Static_assert(DOWNLOADS <= COPIERS, "a copier each");

#define LINGER_US 3000000 /* the server may not have got our last ACK */

enum phase {
    FREE,
    NETWORK, /* there is no address yet */
    ASK,     /* request sent */
    COUNT,   /* the server does not say the size: fetched once only to know it */
    OPEN,    /* the copier makes the dataspace */
    FETCH,
    LINGER,  /* the client has its answer */
};

struct download {
    enum phase phase;
    struct request request;
    struct tftp tftp;
    struct net_socket *socket;
    uint64_t size;      /* of the file */
    uint64_t offset;    /* bytes that the copier has been given */
    uint64_t fill;      /* bytes in the current buffer: less than a chunk, or the server is held */
    unsigned current;
    bool complete;      /* the last byte is in the buffer */
    bool copying;       /* the copier is busy */
    uint64_t until_us;  /* bound of NETWORK, LINGER and of the copier's work */
    uint64_t said;      /* progress lines */
    uint8_t buffers[2][DOWNLOAD_CHUNK + TFTP_BLOCK_MAX];
};

static struct download downloads[DOWNLOADS];
static struct ipc_server *ipc; /* packets come without it */
static struct download_wishes wishes;

static unsigned index_of(const struct download *d)
{
    return (unsigned)(d - downloads);
}

static bool is_busy(const struct download *d)
{
    return d->phase != FREE && d->phase != LINGER;
}

static void flush(struct download *d)
{
    const struct tftp_out *out;

    while ((out = tftp_output(&d->tftp)))
        net_send(d->socket, out->port, out->bytes, out->size);
}

static void finish(struct download *d, long result)
{
    struct request request = d->request;

    copier_stop(index_of(d));
    d->copying = false;
    tftp_abort(&d->tftp, result == -ERR_ENOMEM);
    d->phase = LINGER;
    d->until_us = server_clock_us() + LINGER_US;
    download_ended(ipc, &request, result, d->size);
}

static void ask(struct download *d)
{
    struct tftp_request request = {
        .name = d->request.name, .block = wishes.block, .first_us = 1000000,
        .longest_us = 2000000, .silence_us = wishes.silence_us, .total_us = DOWNLOAD_TOTAL_US};

    if (tftp_start(&d->tftp, &request, server_clock_us()))
        return;
    finish(d, -ERR_ENOFILE);
}

static void copy_begins(struct download *d)
{
    d->copying = true;
    d->until_us = server_clock_us() + DOWNLOAD_COPY_US;
}

static void open_dataspace(struct download *d, uint64_t size)
{
    const char *slash = strrchr(d->request.name, '/');

    d->size = size;
    d->phase = OPEN;
    copy_begins(d);
    copier_open(index_of(d), &(struct copy){.dm = d->request.dm,
                                            .dataspace = d->request.dataspace,
                                            .name = slash ? slash + 1 : d->request.name,
                                            .size = size});
}

static void write_chunk(struct download *d)
{
    uint8_t *from = d->buffers[d->current], *rest_to = d->buffers[!d->current];
    uint64_t count = d->fill < DOWNLOAD_CHUNK ? d->fill : DOWNLOAD_CHUNK;

    copy_begins(d);
    copier_write(index_of(d), &(struct copy){.dataspace = d->request.dataspace,
                                             .offset = d->offset, .bytes = from, .count = count});
    d->offset += count;
    d->fill -= count;
    memcpy(rest_to, from + count, d->fill);
    d->current = !d->current;
}

static void say_progress(struct download *d)
{
    uint64_t have = d->offset + d->fill;

    if (have / DOWNLOAD_SAY == d->said || have == d->size)
        return;
    d->said = have / DOWNLOAD_SAY;
    printf("%s: %llu of %llu KiB\n", d->request.name, (unsigned long long)have >> 10,
           (unsigned long long)d->size >> 10);
}

static void take(struct download *d, enum tftp_event event);

/* The server's next block, please; it may have come already (at most TFTP_AHEAD in a row). */
static void go_on(struct download *d)
{
    take(d, tftp_next(&d->tftp, server_clock_us()));
}

/* Moves on whatever can: buffer to copier, the server to its next block, all to an end. */
static void drain(struct download *d)
{
    if (!d->copying && (d->fill >= DOWNLOAD_CHUNK || (d->complete && d->fill > 0)))
        write_chunk(d);
    if (d->fill < DOWNLOAD_CHUNK)
        go_on(d);
    if (d->phase == FETCH && d->complete && !d->copying)
        finish(d, d->offset == d->size ? 0 : -ERR_ETRANSFER);
}

static void store(struct download *d)
{
    const struct tftp *t = &d->tftp;

    if (d->offset + d->fill + t->data_size > d->size) { /* it was counted, and has grown */
        finish(d, -ERR_ETRANSFER);
        return;
    }
    memcpy(d->buffers[d->current] + d->fill, t->data, t->data_size);
    d->fill += t->data_size;
    d->complete = t->last;
    say_progress(d);
    drain(d);
}

static void count(struct download *d)
{
    bool last = d->tftp.last;

    d->phase = COUNT;
    go_on(d);
    if (last)
        open_dataspace(d, d->tftp.offset);
}

static void size_said(struct download *d)
{
    if (d->phase == ASK && d->tftp.size != TFTP_SIZE_UNKNOWN)
        open_dataspace(d, d->tftp.size); /* the server waits meanwhile */
    else
        go_on(d);
}

static void failed(struct download *d)
{
    const struct tftp *t = &d->tftp;

    if (t->failure != TFTP_NO_FILE)
        printf("%s: %s%s%s\n", d->request.name, tftp_failure_text(t->failure),
               t->text[0] ? ": " : "", t->text);
    finish(d, t->failure == TFTP_NO_FILE ? -ERR_ENOFILE : -ERR_ETRANSFER);
}

static void take(struct download *d, enum tftp_event event)
{
    if (event == TFTP_FAILED)
        failed(d);
    else if (event == TFTP_SIZE)
        size_said(d);
    else if (event == TFTP_DATA && d->phase == FETCH)
        store(d);
    else if (event == TFTP_DATA)
        count(d);
}

static void packet(void *data, uint16_t port, const void *bytes, size_t size)
{
    struct download *d = data;
    enum tftp_event event;

    if (d->phase == FREE)
        return;
    event = tftp_packet(&d->tftp, port, bytes, size, server_clock_us());
    if (is_busy(d))
        take(d, event);
    flush(d);
}

/* The copier has done its work. */
static void copied(struct download *d, long result)
{
    d->copying = false;
    if (result < 0) {
        printf("%s: the client's memory: %s\n", d->request.name, error_text(result));
        finish(d, result);
    } else if (d->phase == OPEN) {
        bool counted = d->tftp.state == TFTP_STATE_DONE;
        d->phase = FETCH;
        if (counted)
            ask(d); /* once more, now for the contents */
        else
            go_on(d);
    } else {
        drain(d);
    }
    flush(d);
}

static void begin(struct download *d, uint64_t now)
{
    d->until_us = now + wishes.silence_us;
    d->phase = NETWORK;
    if (!net_ready())
        return;
    d->phase = ASK;
    ask(d);
    flush(d);
}

static struct download *free_download(void)
{
    struct download *lingers = NULL;

    for (unsigned i = 0; i < DOWNLOADS; i++) {
        if (downloads[i].phase == FREE)
            return &downloads[i];
        if (downloads[i].phase == LINGER)
            lingers = &downloads[i];
    }
    return lingers;
}

bool download_start(struct ipc_server *server, const struct request *request)
{
    struct download *d = free_download();

    (void)server;
    if (!d)
        return false;
    net_close(d->socket);
    memset(d, 0, offsetof(struct download, buffers));
    d->request = *request;
    d->socket = net_open(packet, d);
    if (!d->socket)
        return false;
    begin(d, server_clock_us());
    return true;
}

static void tick_one(struct download *d, uint64_t now)
{
    if (d->phase == LINGER && now >= d->until_us) {
        net_close(d->socket);
        d->socket = NULL;
        d->phase = FREE;
    } else if (d->phase == NETWORK && net_ready()) {
        begin(d, now);
    } else if (d->phase == NETWORK && now >= d->until_us) {
        printf("%s: the network has no address for us\n", d->request.name);
        finish(d, -ERR_ETRANSFER);
    } else if (d->copying && now >= d->until_us) {
        printf("%s: the client's memory does not come\n", d->request.name);
        finish(d, -ERR_ETRANSFER);
    } else if (is_busy(d) && d->phase != NETWORK) {
        take(d, tftp_tick(&d->tftp, now));
    }
    if (d->socket && d->phase != NETWORK)
        flush(d);
}

void downloads_tick(struct ipc_server *server, uint64_t now)
{
    (void)server;
    for (unsigned i = 0; i < DOWNLOADS; i++)
        if (downloads[i].phase != FREE)
            tick_one(&downloads[i], now);
}

uint64_t downloads_deadline(void)
{
    uint64_t deadline = ~0ull;

    for (unsigned i = 0; i < DOWNLOADS; i++) {
        const struct download *d = &downloads[i];
        bool bounded = d->phase == NETWORK || d->phase == LINGER || d->copying;
        uint64_t at = bounded ? d->until_us : ~0ull;
        if (is_busy(d) && d->phase != NETWORK && tftp_deadline(&d->tftp) < at)
            at = tftp_deadline(&d->tftp);
        if (at < deadline)
            deadline = at;
    }
    return deadline;
}

unsigned downloads_busy(void)
{
    unsigned busy = 0;

    for (unsigned i = 0; i < DOWNLOADS; i++)
        busy += is_busy(&downloads[i]);
    return busy;
}

/* The interrupt may be one of work that has been stopped just then: only the flag counts. */
static void copier_done(struct ipc_server *server, struct ipc_object *object)
{
    struct download *d = object->data;
    long result;

    if (d->copying && copier_finished(index_of(d), &result))
        copied(d, result);
    server->tick(server);
}

/* Page fault or exception of a copier: its pages are gone, by whoever manages them. */
static long copier_fault(struct ipc_call *call)
{
    struct download *d = call->object->data;

    if (d->copying)
        copied(d, -ERR_ETRANSFER);
    call->server->tick(call->server);
    return 0; /* the fault was cancelled: the answer finds nobody */
}

static const struct ipc_kind done_kind = {.name = "done", .interrupt = copier_done};
static const struct ipc_kind fault_kind = {.name = "fault", .foreign = copier_fault};

long downloads_init(struct ipc_server *server, const struct download_wishes *wish)
{
    struct ipc_object *done, *fault;
    long result = 0;

    if (wish->block < TFTP_BLOCK_MIN || wish->block > TFTP_BLOCK_MAX || wish->silence_us == 0)
        return -ERR_EINVAL;
    ipc = server;
    wishes = *wish;
    for (unsigned i = 0; result >= 0 && i < DOWNLOADS; i++) {
        result = ipc_irq_create(server, &done_kind, &downloads[i], &done);
        if (result >= 0)
            result = ipc_service_create(server, &fault_kind, &downloads[i], &fault);
        if (result >= 0)
            result = copier_init(i, fault->gate, done->gate);
    }
    return result;
}
