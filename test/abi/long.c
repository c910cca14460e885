/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on very much at once. Each must end, without recursion, and give everything back; what
 * it costs is printed. Meanwhile a thread of higher priority is woken by each tick: the longest gap
 * between two of its turns is a tick and the time that the operation has kept an interrupt waiting.
 * That has a limit. Both are instructions under -icount shift=0; elsewhere the limit means nothing.
 */
#include "abi.h"

enum { DEPTH = 100000, PAGES = 10000, SPARSE = 2000, GATES = 2000 };
enum { TICK = 999847, LIMIT = 20000 }; /* 1193 periods of the PIT; ns */

#define AREA 0x100000000ull /* in a task's address space: nothing else is there */

static struct worker watcher;
static volatile uint64_t last_turn, longest_gap;

static uint64_t tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* 3,000 instructions, counted in vain unless the clock is the number of instructions. */
static uint64_t loop(void)
{
    uint64_t start = tsc();
    for (unsigned i = 0; i < 1000; i++)
        __asm__ volatile("nop");
    return tsc() - start;
}

static bool is_deterministic(void)
{
    uint64_t first = loop();
    for (unsigned i = 0; i < 10; i++)
        if (loop() != first)
            return false;
    return true;
}

static void watch(struct worker *w)
{
    (void)w;
    for (;;) {
        l4_sleep_us(1);
        uint64_t now = tsc();
        if (last_turn && now - last_turn > longest_gap)
            longest_gap = now - last_turn;
        last_turn = now;
    }
}

static bool start_watcher(void)
{
    last_turn = 0;
    return worker_start(&watcher, &own_task, watch, MAIN_PRIORITY + 50);
}

static void line(const char *what, const char *kind, uint64_t value)
{
    print("long ");
    print(what);
    print(kind);
    print_number((long)value);
    print("\n");
}

static uint64_t begin(void)
{
    l4_sleep_us(1);
    longest_gap = 0;
    return tsc();
}

/* What began at @start is over. False: an interrupt had to wait too long. */
static bool is_prompt(const char *what, uint64_t start)
{
    line(what, " ", tsc() - start);
    l4_sleep_us(1);
    uint64_t held = longest_gap > TICK ? longest_gap - TICK : 0;
    line(what, " held-off ", held);
    return held <= LIMIT || !is_deterministic();
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

static l4_fpage_t page_of(const char *page)
{
    return l4_fpage_mem((uint64_t)page, 12, L4_FPAGE_RWX);
}

/* Each page of the task is a child of the page before it. */
static bool build_chain(l4_cap_t task, const char *page)
{
    bool built = l4_factory_create_task(L4_BASE_FACTORY_CAP, task, (l4_fpage_t){0}) == 0
                 && l4_task_map(task, L4_BASE_TASK_CAP, page_of(page), AREA) == 0;
    for (uint64_t i = 0; built && i + 1 < DEPTH; i++)
        built = l4_task_map(task, task, l4_fpage_mem(AREA + i * 4096, 12, L4_FPAGE_RWX),
                            AREA + (i + 1) * 4096) == 0;
    return built;
}

static void test_deep_chain(void)
{
    l4_cap_t task = cap_new();
    char *page = test_memory();
    CHECK(start_watcher());
    CHECK(build_chain(task, page));
    uint64_t last = AREA + (DEPTH - 1) * 4096ull;
    CHECK(is_mapped(task, last));
    uint64_t start = begin();
    l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)page, 12, L4_FPAGE_W), 0);
    CHECK(is_prompt("chain-downgrade", start));
    CHECK(is_mapped(task, last));
    start = begin();
    l4_task_unmap(L4_BASE_TASK_CAP, page_of(page), 0);
    CHECK(is_prompt("chain-unmap", start));
    CHECK(!is_mapped(task, last));
    CHECK(!is_mapped(task, AREA));
}

/* The chain hangs below a page over which another is mapped. */
static void test_chain_overmapped(void)
{
    l4_cap_t task = cap_new();
    char *page = test_memory();
    CHECK(start_watcher());
    CHECK(build_chain(task, page));
    uint64_t start = begin();
    CHECK_EQ(l4_task_map(task, L4_BASE_TASK_CAP, page_of(page + 4096), AREA), 0);
    CHECK(is_prompt("chain-overmap", start));
    CHECK(is_mapped(task, AREA));
    CHECK(!is_mapped(task, AREA + 4096));
}

/* One object in all slots of the table of @task. */
static bool fill_table(l4_cap_t task, l4_cap_t object)
{
    bool filled = l4_factory_create_task(L4_BASE_FACTORY_CAP, task, (l4_fpage_t){0}) == 0
                  && l4_factory_create_irq(L4_BASE_FACTORY_CAP, object) == 0
                  && l4_task_map_cap(task, object, 0, L4_CAP_RWS) == 0;
    for (unsigned order = 0; filled && order < 16; order++)
        filled = l4_task_map(task, task, l4_fpage_obj(0, order, L4_CAP_RWS),
                             l4_cap(1ull << order)) == 0;
    return filled && is_filled(task, l4_cap(L4_CAP_SLOTS - 1));
}

static void test_full_table(void)
{
    l4_cap_t task = cap_new(), irq = cap_new();
    CHECK(start_watcher());
    uint64_t start = begin();
    CHECK(fill_table(task, irq));
    CHECK(is_prompt("table-fill", start));
    start = begin();
    l4_cap_delete(irq);
    CHECK(is_prompt("object-delete", start));
    CHECK(!is_filled(task, l4_cap(L4_CAP_SLOTS - 1)));
    start = begin();
    l4_cap_delete(task);
    CHECK(is_prompt("empty-table-delete", start));
}

static void test_full_table_of_task(void)
{
    l4_cap_t task = cap_new(), irq = cap_new();
    CHECK(start_watcher());
    CHECK(fill_table(task, irq));
    uint64_t start = begin();
    l4_cap_delete(task);
    CHECK(is_prompt("table-delete", start));
    CHECK(l4_cap_valid(irq));
}

static void test_table_unmapped(void)
{
    l4_cap_t task = cap_new(), irq = cap_new();
    CHECK(start_watcher());
    CHECK(fill_table(task, irq));
    uint64_t start = begin();
    l4_task_unmap(task, l4_fpage_obj(0, 16, L4_CAP_RWSD), L4_UNMAP_ALL_SPACES);
    CHECK(is_prompt("table-unmap", start));
    CHECK(!is_filled(task, l4_cap(L4_CAP_SLOTS - 1)));
    CHECK(l4_cap_valid(irq));
}

static bool fill_space(l4_cap_t task, unsigned pages, uint64_t distance)
{
    char *page = test_memory();
    bool filled = l4_factory_create_task(L4_BASE_FACTORY_CAP, task, (l4_fpage_t){0}) == 0;
    for (uint64_t i = 0; filled && i < pages; i++)
        filled = l4_task_map(task, L4_BASE_TASK_CAP, page_of(page), AREA + i * distance) == 0;
    return filled;
}

static void test_many_pages(void)
{
    l4_cap_t task = cap_new();
    CHECK(start_watcher());
    CHECK(fill_space(task, PAGES, 4096));
    uint64_t start = begin();
    l4_cap_delete(task);
    CHECK(is_prompt("pages-delete", start));
}

/* Each page in a table of its own. */
static void test_sparse_pages(void)
{
    l4_cap_t task = cap_new();
    CHECK(start_watcher());
    CHECK(fill_space(task, SPARSE, 1ull << 21));
    uint64_t start = begin();
    l4_task_unmap(task, l4_fpage_mem(0, L4_WHOLE_SPACE, L4_FPAGE_W), L4_UNMAP_ALL_SPACES);
    CHECK(is_prompt("sparse-downgrade", start));
    start = begin();
    l4_cap_delete(task);
    CHECK(is_prompt("sparse-delete", start));
}

enum { ALL_ORDER = 26 };

/* One item with very many pages, to a task that has them not, has them, and has others there. */
static void test_many_at_once(void)
{
    l4_cap_t one = cap_new(), other = cap_new();
    l4_fpage_t all = l4_fpage_mem(AREA, ALL_ORDER, L4_FPAGE_RW);
    CHECK(start_watcher());
    CHECK(fill_space(one, PAGES, 4096));
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, other, (l4_fpage_t){0}), 0);
    uint64_t start = begin();
    CHECK_EQ(l4_task_map(other, one, all, AREA), 0);
    CHECK(is_prompt("pages-map", start));
    start = begin();
    CHECK_EQ(l4_task_map(other, one, all, AREA), 0);
    CHECK(is_prompt("pages-map-again", start));
    CHECK(is_mapped(other, AREA + (PAGES - 1) * 4096ull));
    CHECK_EQ(l4_task_map(other, other, all, AREA * 2), 0);
    start = begin();
    CHECK_EQ(l4_task_map(other, L4_BASE_TASK_CAP, page_of(test_memory()), AREA), 0);
    CHECK_EQ(l4_task_map(other, one, all, AREA * 2), 0);
    CHECK(is_prompt("pages-overmap", start));
    CHECK(is_mapped(other, AREA * 2 + (PAGES - 1) * 4096ull));
}

static void send_all(struct worker *w)
{
    (void)w;
    l4_put_item(0, AREA, l4_fpage_mem(AREA, ALL_ORDER, L4_FPAGE_RW));
    l4_ipc_send(TASK_SLOT, l4_msgtag(0, 0, 1, 0), L4_NEVER);
}

/* The same in a message. */
static void test_many_in_message(void)
{
    static struct worker sender;
    static struct abi_task task;
    l4_cap_t gate = cap_new();
    char *page = test_memory();
    CHECK(start_watcher());
    CHECK(task_new(&task) && worker_create(&sender, &task));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
    CHECK_EQ(l4_task_map_cap(task.cap, gate, TASK_SLOT, L4_CAP_RWS), 0);
    for (uint64_t i = 0; i < PAGES; i++)
        CHECK_EQ(l4_task_map(task.cap, L4_BASE_TASK_CAP, page_of(page), AREA + i * 4096), 0);
    CHECK(worker_run(&sender, send_all, MAIN_PRIORITY + 1));
    uint64_t start = begin();
    l4_receive_window(l4_fpage_mem(0, L4_WHOLE_SPACE, 0));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER)));
    CHECK(is_prompt("pages-message", start));
    CHECK(is_mapped(L4_BASE_TASK_CAP, AREA + (PAGES - 1) * 4096ull));
    l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem(AREA, ALL_ORDER, L4_FPAGE_RWX),
                  L4_UNMAP_ALL_SPACES);
}

/* A thread with many gates dies; the gates go with their task. */
static void test_many_gates(void)
{
    static struct worker w;
    static struct abi_task task;
    CHECK(start_watcher());
    CHECK(task_new(&task) && worker_create(&w, &task));
    for (uint64_t i = 0; i < GATES; i++) {
        l4_cap_t gate = cap_new();
        CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, w.cap, 4 * i), 0);
        CHECK_EQ(l4_task_map_cap(task.cap, gate, TASK_SLOT + l4_cap(i), L4_CAP_RWSD), 0);
    }
    uint64_t start = begin();
    l4_cap_delete(w.cap);
    CHECK(is_prompt("thread-with-gates-delete", start));
    start = begin();
    l4_cap_delete(task.cap);
    CHECK(is_prompt("gates-delete", start));
}

/* Each factory made the next and is gone; the last one holds the limits of all. */
static void test_nested_factories(void)
{
    enum { NESTED = 40000, STEP = 512 };
    l4_cap_t slots[2] = {cap_new(), cap_new()};
    uint64_t limit = NESTED * (STEP + 1ull);
    CHECK(start_watcher());
    uint64_t before = rest_of(L4_BASE_FACTORY_CAP);
    CHECK_EQ(l4_factory_create_factory(L4_BASE_FACTORY_CAP, slots[0], limit), 0);
    for (unsigned i = 1; i < NESTED; i++) {
        limit -= STEP;
        CHECK_EQ(l4_factory_create_factory(slots[(i + 1) % 2], slots[i % 2], limit), 0);
        CHECK_EQ(l4_cap_release(slots[(i + 1) % 2]), 0);
    }
    CHECK(rest_of(L4_BASE_FACTORY_CAP) < before);
    uint64_t start = begin();
    CHECK_EQ(l4_cap_delete(slots[(NESTED - 1) % 2]), 0);
    CHECK(is_prompt("nested-factories-delete", start));
    CHECK_EQ(rest_of(L4_BASE_FACTORY_CAP), before);
}

const struct test long_tests[] = {
    {"long-deep-chain", test_deep_chain},
    {"long-chain-overmapped", test_chain_overmapped},
    {"long-full-table", test_full_table},
    {"long-full-table-of-task", test_full_table_of_task},
    {"long-table-unmapped", test_table_unmapped},
    {"long-many-pages", test_many_pages},
    {"long-sparse-pages", test_sparse_pages},
    {"long-many-at-once", test_many_at_once},
    {"long-many-in-message", test_many_in_message},
    {"long-many-gates", test_many_gates},
    {"long-nested-factories", test_nested_factories},
    {NULL, NULL},
};
