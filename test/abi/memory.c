/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings, unmapping, page faults, kernel-user memory (ABI 4.4, 5.8, 7.2, 8.1). */
#include "abi.h"

#define PLACE 0x50000000ull

static struct abi_task child;
static struct worker reader;
static l4_cap_t pager;

/* A child whose faults come to this thread. */
static bool child_with_pager(void)
{
    pager = cap_new();
    return task_new(&child)
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, pager, L4_BASE_THREAD_CAP, 0xfa0)
           && !l4_task_map_cap(child.cap, pager, TASK_PAGER, L4_CAP_RWS);
}

static long map(uint64_t from, uint64_t to, unsigned rights)
{
    return l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_mem(from, 12, rights), to);
}

static long unmap(l4_cap_t task, uint64_t page, unsigned rights, uint64_t mask)
{
    return l4_task_unmap(task, l4_fpage_mem(page, 12, rights), mask);
}

static void read_place(struct worker *w)
{
    w->result = *(volatile char *)w->argument;
}

static void write_place(struct worker *w)
{
    *(volatile char *)w->argument = 'W';
    w->result = 1;
}

/* Starts the access in the child and takes its fault if there is one: the fault word, else 0. */
static uint64_t access(uint64_t address, void (*how)(struct worker *))
{
    reader.argument = (void *)address;
    if (!worker_start(&reader, &child, how, MAIN_PRIORITY + 1) || reader.done)
        return 0;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    return l4_msgtag_label(tag) == L4_PROTO_PAGE_FAULT ? l4_utcb()->mr[0] : 1;
}

static void answer(unsigned items, long label)
{
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(label, 0, items, 0), L4_BOTH_ZERO);
}

static void answer_with(uint64_t page, uint64_t spot, unsigned rights)
{
    l4_put_item(0, spot, l4_fpage_mem(page, 12, rights));
    answer(1, 0);
}

static void test_fault(void)
{
    char *m = test_memory();
    CHECK(child_with_pager());
    m[0x123] = 'p';
    CHECK_EQ(access(PLACE + 0x123, read_place), PLACE + 0x120);
    CHECK(l4_utcb()->mr[1] != 0);
    answer_with((uint64_t)m, PLACE, L4_FPAGE_R);
    CHECK(reader.done);
    CHECK_EQ(reader.result, 'p');
    CHECK_EQ(access(PLACE + 0x123, write_place), (PLACE + 0x120) | 1 | 2);
    answer_with((uint64_t)m, PLACE, L4_FPAGE_RW); /* the same frame: rights are added */
    CHECK(reader.done);
    CHECK_EQ(m[0x123], 'W');
}

static void read_with_registers(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = 111;
    u->mr[1] = 222;
    u->bdr = 0x1234;
    u->br[0] = 333;
    u->br[1] = 444;
    volatile char c = *(volatile char *)w->argument;
    (void)c;
    w->result = u->mr[0] == 111 && u->mr[1] == 222 && u->bdr == 0x1234 && u->br[0] == 333
                && u->br[1] == 444;
}

static void test_fault_keeps_registers(void)
{
    char *m = test_memory();
    CHECK(child_with_pager());
    CHECK_EQ(access(PLACE, read_with_registers), PLACE);
    answer_with((uint64_t)m, PLACE, L4_FPAGE_RW);
    CHECK_EQ(reader.result, 1);
}

static void test_fault_empty_answer(void)
{
    char *m = test_memory();
    CHECK(child_with_pager());
    m[0] = 'e';
    CHECK_EQ(access(PLACE, read_place), PLACE);
    CHECK_EQ(map((uint64_t)m, PLACE, L4_FPAGE_RW), 0);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO);
    CHECK_EQ(reader.result, 'e');
}

static void test_replace_page(void)
{
    char *m = test_memory();
    m[0] = 'a';
    m[4096] = 'b';
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)m, PLACE, L4_FPAGE_R), 0);
    CHECK_EQ(access(PLACE, write_place), PLACE | 3);
    answer_with((uint64_t)m + 4096, PLACE, L4_FPAGE_RW); /* another page: it replaces */
    CHECK(reader.done);
    CHECK_EQ(m[0], 'a');
    CHECK_EQ(m[4096], 'W');
}

static void test_unmap_children(void)
{
    char *m = test_memory();
    m[0] = 'u';
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)m, PLACE, L4_FPAGE_RW), 0);
    CHECK_EQ(l4_task_map(child.cap, child.cap, l4_fpage_mem(PLACE, 12, L4_FPAGE_RW),
                         PLACE + 0x1000), 0);
    CHECK_EQ(access(PLACE + 0x1000, read_place), 0);
    CHECK_EQ(unmap(child.cap, PLACE, L4_FPAGE_R, L4_UNMAP_CHILDREN), 0);
    CHECK_EQ(access(PLACE, read_place), 0);
    CHECK_EQ(access(PLACE + 0x1000, read_place), PLACE + 0x1000);
    answer(0, -L4_ENOENT); /* which makes it an exception */
    CHECK_EQ(l4_msgtag_label(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)),
             L4_PROTO_EXCEPTION);
    CHECK_EQ(unmap(L4_BASE_TASK_CAP, (uint64_t)m, L4_FPAGE_R, L4_UNMAP_CHILDREN), 0);
    CHECK_EQ(m[0], 'u');
    CHECK_EQ(access(PLACE, read_place), PLACE);
}

static void test_downgrade(void)
{
    char *m = test_memory();
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)m, PLACE, L4_FPAGE_RWX), 0);
    CHECK_EQ(access(PLACE, write_place), 0);
    CHECK_EQ(unmap(L4_BASE_TASK_CAP, (uint64_t)m, L4_FPAGE_W, L4_UNMAP_CHILDREN), 0);
    m[0] = 'd'; /* still ours to write */
    CHECK_EQ(access(PLACE, read_place), 0);
    CHECK_EQ(reader.result, 'd');
    CHECK_EQ(access(PLACE, write_place), PLACE | 3);
}

static void jump(struct worker *w)
{
    ((void (*)(void))w->argument)();
    w->result = 1;
}

static void test_no_execute(void)
{
    char *m = test_memory();
    m[0] = (char)0xc3; /* ret */
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)m, PLACE, L4_FPAGE_RW), 0);
    CHECK_EQ(access(PLACE, jump), PLACE | 1 | 4);
    answer_with((uint64_t)m, PLACE, L4_FPAGE_RX);
    CHECK_EQ(reader.result, 1);
}

static void test_rights_are_cut(void)
{
    char *m = test_memory();
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)m, PLACE, L4_FPAGE_R), 0);
    CHECK_EQ(l4_task_map(child.cap, child.cap, l4_fpage_mem(PLACE, 12, L4_FPAGE_RWX),
                         PLACE + 0x1000), 0);
    CHECK_EQ(access(PLACE + 0x1000, write_place), (PLACE + 0x1000) | 3);
}

static void test_map_onto_itself(void)
{
    char *m = test_memory();
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)m, PLACE, L4_FPAGE_RW), 0);
    CHECK_EQ(l4_task_map(child.cap, child.cap, l4_fpage_mem(PLACE, 12, L4_FPAGE_RW), PLACE), 0);
    CHECK_EQ(access(PLACE, read_place), PLACE);
    answer_with((uint64_t)m, PLACE, L4_FPAGE_RW);
    CHECK(reader.done);
}

static void test_grant(void)
{
    char *m = test_memory();
    m[0x2000] = 'g';
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)m + 0x2000, PLACE, L4_FPAGE_RW), 0);
    CHECK_EQ(l4_task_map(child.cap, child.cap, l4_fpage_mem(PLACE, 12, L4_FPAGE_RW),
                         (PLACE + 0x5000) | L4_ITEM_GRANT), 0);
    CHECK_EQ(access(PLACE + 0x5000, read_place), 0);
    CHECK_EQ(reader.result, 'g');
    CHECK_EQ(access(PLACE, read_place), PLACE);
    answer(0, 0);
    CHECK_EQ(l4_msgtag_label(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)),
             L4_PROTO_PAGE_FAULT); /* nothing was mapped: it faults again */
    CHECK_EQ(unmap(L4_BASE_TASK_CAP, (uint64_t)m + 0x2000, L4_FPAGE_R, L4_UNMAP_CHILDREN), 0);
    CHECK_EQ(access(PLACE + 0x5000, read_place), PLACE + 0x5000);
}

static void test_task_death_unmaps(void)
{
    struct abi_task other;
    char *m = test_memory();
    CHECK(child_with_pager());
    CHECK(task_new(&other));
    CHECK_EQ(l4_task_map(other.cap, L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m, 12, L4_FPAGE_RW),
                         PLACE), 0);
    CHECK_EQ(l4_task_map(child.cap, other.cap, l4_fpage_mem(PLACE, 12, L4_FPAGE_RW), PLACE), 0);
    CHECK_EQ(access(PLACE, read_place), 0);
    CHECK_EQ(l4_cap_delete(other.cap), 0);
    CHECK_EQ(access(PLACE, read_place), PLACE);
}

static void test_pagerless_dies(void)
{
    CHECK(task_new(&child));
    CHECK_EQ(access(PLACE, read_place), 1);
    CHECK(!reader.done);
    CHECK(l4_cap_valid(reader.cap));
    CHECK(l4_msgtag_has_error(l4_ipc_send(reader.cap, l4_msgtag(0, 0, 0, 0), L4_NEVER)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
}

static void test_ku_mem(void)
{
    l4_cap_t task = cap_new();
    l4_fpage_t first = l4_fpage_mem(0x70000000, 12, L4_FPAGE_RW);
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, task, first), 0);
    CHECK_EQ(l4_utcb()->mr[0], first.raw);
    CHECK_EQ(l4_task_add_ku_mem(task, first), -L4_EEXIST);
    CHECK_EQ(l4_task_add_ku_mem(task, l4_fpage_mem(0x70010000, 11, L4_FPAGE_RW)), -L4_EINVAL);
    CHECK_EQ(l4_task_add_ku_mem(task, l4_fpage_mem(0x70020000, 18, L4_FPAGE_RW)), -L4_EINVAL);
    CHECK_EQ(l4_task_add_ku_mem(task, l4_fpage_mem(0x70020000, 17, L4_FPAGE_RW)), 0);
    /* Ours: visible, zeroed, at the address asked for; it can not be sent or unmapped. */
    char *place = (char *)0x71000000;
    CHECK_EQ(l4_task_add_ku_mem(L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)place, 13, 0)), 0);
    CHECK_EQ(place[8191], 0);
    place[5] = 'k';
    CHECK_EQ(unmap(L4_BASE_TASK_CAP, (uint64_t)place, L4_FPAGE_RWX, L4_UNMAP_ALL_SPACES), 0);
    CHECK_EQ(place[5], 'k');
    CHECK(child_with_pager());
    CHECK_EQ(map((uint64_t)place, PLACE, L4_FPAGE_RW), 0);
    CHECK_EQ(access(PLACE, read_place), PLACE);
}

const struct test memory_tests[] = {
    {"memory-fault", test_fault},
    {"memory-fault-keeps-registers", test_fault_keeps_registers},
    {"memory-fault-empty-answer", test_fault_empty_answer},
    {"memory-replace-page", test_replace_page},
    {"memory-unmap-children", test_unmap_children},
    {"memory-downgrade", test_downgrade},
    {"memory-no-execute", test_no_execute},
    {"memory-rights-are-cut", test_rights_are_cut},
    {"memory-map-onto-itself", test_map_onto_itself},
    {"memory-grant", test_grant},
    {"memory-task-death-unmaps", test_task_death_unmaps},
    {"memory-pagerless-dies", test_pagerless_dies},
    {"memory-ku-mem", test_ku_mem},
    {NULL, NULL},
};
