/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on very much at once. Each must end, without recursion, and give everything back; what
 * it costs is printed, for with interrupts off it is also how long an interrupt may have to wait
 * (instructions under -icount shift=0).
 */
#include "abi.h"

enum { DEPTH = 100000, PAGES = 10000, CHUNK_ORDER = 12 };

#define AREA 0x100000000ull /* in a task's address space: nothing else is there */

static uint64_t tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static void report(const char *what, uint64_t start)
{
    long cost = (long)(tsc() - start);
    print("long ");
    print(what);
    print(" ");
    print_number(cost);
    print("\n");
}

static bool is_mapped(l4_cap_t task, uint64_t address)
{
    /* ku_mem cannot be placed where something is mapped */
    return l4_task_add_ku_mem(task, l4_fpage_mem(address, 12, L4_FPAGE_RW)) == -L4_EEXIST;
}

static bool is_filled(l4_cap_t task, l4_cap_t slot)
{
    l4_utcb()->mr[0] = L4_TASK_CAP_INFO;
    l4_utcb()->mr[1] = slot;
    return l4_result(l4_ipc_call(task, l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER)) == 1;
}

/* Each page of the task is a child of the page before it. */
static void test_deep_chain(void)
{
    l4_cap_t task = cap_new();
    char *page = test_memory();
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, task, (l4_fpage_t){0}), 0);
    CHECK_EQ(l4_task_map(task, L4_BASE_TASK_CAP,
                         l4_fpage_mem((uint64_t)page, 12, L4_FPAGE_RWX), AREA), 0);
    for (uint64_t i = 0; i + 1 < DEPTH; i++)
        CHECK_EQ(l4_task_map(task, task, l4_fpage_mem(AREA + i * 4096, 12, L4_FPAGE_RWX),
                             AREA + (i + 1) * 4096), 0);
    uint64_t last = AREA + (DEPTH - 1) * 4096ull;
    CHECK(is_mapped(task, last));
    uint64_t start = tsc();
    l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)page, 12, L4_FPAGE_RWX), 0);
    report("chain-unmap", start);
    CHECK(!is_mapped(task, last));
    CHECK(!is_mapped(task, AREA));
}

/* One IRQ object in all slots of a table; then the table goes. */
static void test_full_table(void)
{
    l4_cap_t task = cap_new(), irq = cap_new();
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, task, (l4_fpage_t){0}), 0);
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_task_map_cap(task, irq, 0, L4_CAP_RWS), 0);
    for (unsigned order = 0; order < 16; order++)
        CHECK_EQ(l4_task_map(task, task, l4_fpage_obj(0, order, L4_CAP_RWS), l4_cap(1ull << order)),
                 0);
    CHECK(is_filled(task, l4_cap(L4_CAP_SLOTS - 1)));
    uint64_t start = tsc();
    l4_cap_delete(irq);
    report("object-delete", start);
    CHECK(!is_filled(task, l4_cap(L4_CAP_SLOTS - 1)));
    start = tsc();
    l4_cap_delete(task);
    report("empty-table-delete", start);
}

static void test_full_table_of_task(void)
{
    l4_cap_t task = cap_new(), irq = cap_new();
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, task, (l4_fpage_t){0}), 0);
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_task_map_cap(task, irq, 0, L4_CAP_RWS), 0);
    for (unsigned order = 0; order < 16; order++)
        CHECK_EQ(l4_task_map(task, task, l4_fpage_obj(0, order, L4_CAP_RWS), l4_cap(1ull << order)),
                 0);
    uint64_t start = tsc();
    l4_cap_delete(task);
    report("table-delete", start);
    CHECK(l4_cap_valid(irq));
}

static void test_many_pages(void)
{
    l4_cap_t task = cap_new();
    char *page = test_memory();
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, task, (l4_fpage_t){0}), 0);
    for (uint64_t i = 0; i < PAGES; i++)
        CHECK_EQ(l4_task_map(task, L4_BASE_TASK_CAP,
                             l4_fpage_mem((uint64_t)page, 12, L4_FPAGE_RW), AREA + i * 4096), 0);
    uint64_t start = tsc();
    l4_cap_delete(task);
    report("pages-delete", start);
}

const struct test long_tests[] = {
    {"long-deep-chain", test_deep_chain},
    {"long-full-table", test_full_table},
    {"long-full-table-of-task", test_full_table_of_task},
    {"long-many-pages", test_many_pages},
    {NULL, NULL},
};
