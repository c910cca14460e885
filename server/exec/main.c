/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

#include "addresses.h"
#include "books.h"
#include "cache.h"
#include "client.h"
#include "counters.h"
#include "errors/errors.h"
#include "fetch.h"
#include "idl/exec.h"
#include "l4sys/clock.h"
#include "libc/server/server.h"
#include "open.h"
#include "server/books.h"
#include "server/server.h"

/*
 * exec: interprets program binaries, places and links them (paper 2.1). One linking thread, this
 * one, that never waits for others; workers (fetch.c) that call file providers.
 */

#define CACHE_BYTES   (64ull << 20)
#define CACHE_ENTRIES 256
#define MEMORY_LIMIT (1ull << 40) /* files and masters: as much as there is */

struct exec_counters counters;

static struct ipc_object objects[CLIENTS + FETCH_WORKERS + 8];
static struct ipc_reply_slot replies[16];

/** We wait for the managers of session and table: not for anybody's. */
static long start(struct ipc_call *call, const struct open_request *request)
{
    return call->rights & L4_CAP_S ? open_start(call, request) : -ERR_EPERM;
}

static long op_open(struct ipc_call *call, const char *name, const char *libpath,
                    struct ipc_cap_in *fprov, struct ipc_cap_in *dm, struct ipc_bulk_in *table,
                    struct ipc_capset *object_caps, struct ipc_cap_out *written,
                    struct ipc_cap_out *task)
{
    struct open_request request = {
        .name = name, .libpath = libpath, .provider = fprov, .dm = dm, .table = table};

    (void)object_caps, (void)written, (void)task; /* answered later */
    return start(call, &request);
}

static long op_open_image(struct ipc_call *call, const char *name, const char *libpath,
                          struct ipc_cap_in *fprov, struct ipc_cap_in *dm,
                          struct ipc_bulk_in *table, struct ipc_bulk_in *image,
                          struct ipc_capset *object_caps, struct ipc_cap_out *written,
                          struct ipc_cap_out *task)
{
    struct open_request request = {.name = name, .libpath = libpath, .provider = fprov, .dm = dm,
                                   .table = table, .image = image};

    (void)object_caps, (void)written, (void)task; /* answered later */
    return start(call, &request);
}

static long op_stats(struct ipc_call *call, struct exec_counters *out)
{
    (void)call;
    *out = counters;
    return 0;
}

static const struct exec_ops ops = {
    .open = op_open, .stats = op_stats, .open_image = op_open_image};

static const struct service base = {exec_dispatch, &ops, books_print_own};
static const struct ipc_kind exec_kind = {
    .name = "exec", .dispatch = service_dispatch, .ops = &base};

static struct ipc_server exec = {
    .name = "exec",
    .thread = TASK_CAP_THREAD,
    .factory = TASK_CAP_FACTORY,
    .objects = objects,
    .object_count = sizeof objects / sizeof objects[0],
    .replies = replies,
    .reply_count = sizeof replies / sizeof replies[0],
    .tick = fetch_tick,
};

/** What the processor has of chance: RDRAND, if there is one (CPUID 1, ECX bit 30), else 0. */
static uint64_t processor_chance(void)
{
    uint32_t a = 1, b, c = 0, d;
    unsigned long value = 0;
    uint8_t good = 0;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    for (unsigned i = 0; (c >> 30 & 1) && !good && i < 10; i++)
        __asm__ volatile("rdrand %0; setc %1" : "=r"(value), "=qm"(good) : : "cc");
    return good ? value : 0;
}

/**
 * seed=N on the command line fixes the addresses; else the processor, its clock and the kernel's
 * choose them.
 */
static uint64_t choose_seed(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "seed=", 5) == 0)
            return strtoull(argv[i] + 5, NULL, 0);
    return (server_clock_us() ^ l4_cycles() << 20 ^ processor_chance()) * 0x9e3779b97f4a7c15ull + 1;
}

/** cache=BYTES, entries=NUMBER: how much of what no task uses is kept for the next start. */
static void choose_cache(int argc, char **argv)
{
    struct cache_limit limit = {.bytes = CACHE_BYTES, .entries = CACHE_ENTRIES};

    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "cache=", 6) == 0)
            limit.bytes = strtoull(argv[i] + 6, NULL, 0);
        else if (strncmp(argv[i], "entries=", 8) == 0)
            limit.entries = (unsigned)strtoul(argv[i] + 8, NULL, 0);
    }
    cache_init(&limit);
}

int main(int argc, char **argv)
{
    struct ipc_object *service;

    choose_cache(argc, argv);
    addresses_seed(choose_seed(argc, argv));
    server_check("memory session", server_open_dm(MEMORY_LIMIT, NULL));
    exec.kip = libc_kip();
    server_check("server", ipc_server_init(&exec));
    open_init(&exec);
    server_check("fetch workers", fetch_init(&exec, open_continue));
    server_check("service gate", ipc_service_create(&exec, &exec_kind, NULL, &service));
    server_check("register EXEC", server_register("EXEC", service->gate));
    server_check("serve", ipc_serve(&exec));
    return 1;
}
