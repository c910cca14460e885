/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults served by a user pager; mapping and unmapping. */
#include "bench.h"

enum { FAULTS = 512 };
#define CHILD_MEMORY 0x60000000ull

static struct abi_task child;
static struct worker pager, client;

/* Answers each fault with a page of ours. */
static void serve_faults(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    const uint64_t ram = (uint64_t)w->argument;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);

    for (;;) {
        uint64_t at = u->mr[0] & L4_PAGE_MASK;
        bool good = l4_msgtag_label(tag) == L4_PROTO_PAGE_FAULT && at >= CHILD_MEMORY;
        if (good)
            l4_put_item(0, at, l4_fpage_mem(ram + at - CHILD_MEMORY, L4_PAGE_SHIFT, L4_FPAGE_RW));
        tag = l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(good ? 0 : -1, 0, good, 0), NULL,
                                    L4_SEND_ZERO);
    }
}

static void touch(struct worker *w)
{
    volatile char *memory = (volatile char *)CHILD_MEMORY;
    uint64_t start = l4_cycles();

    for (unsigned i = 0; i < FAULTS; i++)
        memory[i * L4_PAGE_SIZE] = 1;
    w->result = (long)(l4_cycles() - start);
}

static void faults(void)
{
    l4_cap_t gate = cap_new();

    pager.argument = bench_ram();
    bench_need(worker_start(&pager, &own_task, serve_faults, MAIN_PRIORITY + 2), "pager");
    bench_need(!l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, pager.cap, 0), "gate");
    bench_need(!l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS), "pager's gate");
    bench_need(worker_create(&client, &child), "client");
    struct bench b = bench_begin();
    bench_need(worker_run(&client, touch, MAIN_PRIORITY + 1) && client.done, "faults");
    bench_report(&b, "page-fault", FAULTS, (uint64_t)client.result);
}

/* All of [0, @pages) of our memory, in as few calls as flexpages allow. */
static void map_all(unsigned pages)
{
    uint64_t from = (uint64_t)bench_ram(), size = pages * L4_PAGE_SIZE, at = 0;

    while (at < size) {
        unsigned order = l4_fpage_fit(CHILD_MEMORY + at, CHILD_MEMORY + size);
        l4_fpage_t piece = l4_fpage_mem(from + at, order, L4_FPAGE_RW);
        bench_need(!l4_task_map(child.cap, L4_BASE_TASK_CAP, piece, CHILD_MEMORY + at), "map");
        at += 1ull << order;
    }
}

static void unmap_all(unsigned pages)
{
    uint64_t from = (uint64_t)bench_ram(), end = from + pages * L4_PAGE_SIZE;

    while (from < end) {
        unsigned order = l4_fpage_fit(from, end);
        l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem(from, order, L4_FPAGE_RWX), 0);
        from += 1ull << order;
    }
}

static void map_and_unmap(unsigned pages, const char *map, const char *unmap)
{
    map_all(pages); /* page tables and slabs are there the second time */
    unmap_all(pages);
    struct bench b = bench_begin();
    map_all(pages);
    bench_end(&b, map, 1);
    b = bench_begin();
    unmap_all(pages);
    bench_end(&b, unmap, 1);
}

void bench_memory(void)
{
    bench_need(task_new(&child), "task");
    faults();
    unmap_all(FAULTS);
    map_and_unmap(1, "map-1-page", "unmap-1-page");
    map_and_unmap(512, "map-512-pages", "unmap-512-pages");
    map_and_unmap(10000, "map-10000-pages", "unmap-10000-pages");
}
