/* SPDX-License-Identifier: BSD-2-Clause */
/* Factory limits as counters: reserved in full, returned to the last byte (ABI 7.1). */
#include "abi.h"

static l4_cap_t factory;

static bool new_factory(uint64_t limit)
{
    factory = cap_new();
    return !l4_factory_create_factory(L4_BASE_FACTORY_CAP, factory, limit);
}

uint64_t rest_of(l4_cap_t from)
{
    uint64_t low = 0, high = 64 << 20;
    l4_cap_t probe = l4_cap(0xfff0);
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        if (l4_factory_create_factory(from, probe, middle) == 0) {
            l4_cap_delete(probe);
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static void test_limit(void)
{
    CHECK(new_factory(20000));
    CHECK_EQ(l4_factory_create_factory(factory, cap_new(), 20000), -L4_ENOMEM);
    CHECK_EQ(l4_factory_create_factory(factory, cap_new(), ~0ull), -L4_ENOMEM);
    CHECK_EQ(l4_factory_create_factory(factory, cap_new(), 15000), 0);
    CHECK_EQ(l4_factory_create_factory(factory, cap_new(), 15000), -L4_ENOMEM);
    unsigned gates = 0;
    while (gates < 1000 && l4_factory_create_gate(factory, cap_new(), 0, 0) == 0)
        gates++;
    CHECK(gates > 5 && gates < 100);
}

static void test_given_back(void)
{
    CHECK(new_factory(200000));
    uint64_t before = rest_of(factory);
    CHECK(before > 190000 && before < 200000);
    l4_cap_t sub = cap_new();
    CHECK_EQ(l4_factory_create_factory(factory, sub, 100000), 0);
    CHECK(rest_of(factory) < before - 100000);
    CHECK_EQ(l4_cap_delete(sub), 0);
    CHECK_EQ(rest_of(factory), before);
}

/* Task, thread, tables, mappings, capabilities, reply slots, ku_mem: all charged, all returned. */
static void fill_and_delete(l4_cap_t from)
{
    char *m = test_memory();
    l4_cap_t task = cap_new(), thread = cap_new(), gate = cap_new();
    CHECK_EQ(l4_factory_create_task(from, task, l4_fpage_mem(0x70000000, 13, L4_FPAGE_RW)), 0);
    CHECK_EQ(l4_factory_create_thread(from, thread), 0);
    struct l4_thread_control control = {TASK_PAGER, TASK_PAGER, task, 0x70000000};
    CHECK_EQ(l4_thread_control(thread, &control), 0);
    CHECK_EQ(l4_factory_create_gate(from, gate, thread, 0), 0);
    uint64_t before = rest_of(from);
    CHECK_EQ(l4_task_add_ku_mem(task, l4_fpage_mem(0x70100000, 15, L4_FPAGE_RW)), 0);
    CHECK(before - rest_of(from) >= 32768);
    before = rest_of(from);
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(l4_task_map(task, L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m + i * 4096, 12, 7),
                             0x100000000ull * i), 0);
    CHECK(before - rest_of(from) >= 16 * 4096);
    before = rest_of(from);
    CHECK_EQ(l4_task_map_cap(task, gate, l4_cap(0x9000), L4_CAP_RWS), 0);
    CHECK(before - rest_of(from) >= 4096);
    CHECK_EQ(l4_cap_delete(gate), 0);
    CHECK_EQ(l4_cap_delete(thread), 0);
    CHECK_EQ(l4_cap_delete(task), 0);
}

static void test_all_kinds_given_back(void)
{
    CHECK(new_factory(1000000));
    uint64_t before = rest_of(factory);
    for (unsigned i = 0; i < 3; i++) {
        fill_and_delete(factory);
        CHECK_EQ(rest_of(factory), before);
    }
}

static void test_mapping_fails(void)
{
    char *m = test_memory();
    l4_cap_t task = cap_new();
    CHECK(new_factory(40000));
    CHECK_EQ(l4_factory_create_task(factory, task, (l4_fpage_t){0}), 0);
    long error = 0;
    for (unsigned i = 0; i < 20 && !error; i++)
        error = l4_task_map(task, L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m, 12, 7),
                            0x8000000000ull * i);
    CHECK_EQ(error, -(L4_EIPC + L4_IPC_SEMAPFAILED));
    CHECK_EQ(l4_task_add_ku_mem(task, l4_fpage_mem(0x70000000, 17, 0)), -L4_ENOMEM);
}

/* A factory may go before what it made; its limit comes back with the last object. */
static void test_factory_dies_first(void)
{
    CHECK(new_factory(300000));
    uint64_t before = rest_of(factory);
    l4_cap_t sub = cap_new(), gate = cap_new();
    CHECK_EQ(l4_factory_create_factory(factory, sub, 50000), 0);
    CHECK_EQ(l4_factory_create_gate(sub, gate, 0, 0), 0);
    CHECK_EQ(l4_cap_delete(sub), 0);
    CHECK(l4_cap_valid(gate));
    CHECK(rest_of(factory) < before - 50000);
    CHECK_EQ(l4_cap_delete(gate), 0);
    CHECK_EQ(rest_of(factory), before);
}

const struct test quota_tests[] = {
    {"quota-limit", test_limit},
    {"quota-given-back", test_given_back},
    {"quota-all-kinds-given-back", test_all_kinds_given_back},
    {"quota-mapping-fails", test_mapping_fails},
    {"quota-factory-dies-first", test_factory_dies_first},
    {NULL, NULL},
};
