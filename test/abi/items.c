/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed items: hot spots, windows, result words, local ids, forwarding (ABI 5). */
#include "abi.h"

/* Places in the child; the first is also where the sender's memory is shown. */
#define CHILD_WINDOW 0x50000000ull

static struct abi_task child;
static struct worker receiver;
static l4_cap_t gate;

/** What the receiver shall do before it waits, and what it saw. */
static struct {
    uint64_t br[8], bdr;
    l4_cap_t from;
    uint64_t tag, mr[63], error;
} job;

/* Waits once for a message with the BRs of the job and keeps what came. */
static void receive_once(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    (void)w;
    u->bdr = job.bdr;
    for (unsigned i = 0; i < 8; i++)
        u->br[i] = job.br[i];
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    job.tag = tag.raw;
    job.error = u->error;
    for (unsigned i = 0; i < 63; i++)
        job.mr[i] = u->mr[i];
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO);
}

/* A receiver in @task that waits with the @count words @br, reached through `gate`. */
static bool expect_items(struct abi_task *task, const uint64_t *br, unsigned count)
{
    job.bdr = 0;
    for (unsigned i = 0; i < 8; i++)
        job.br[i] = i < count ? br[i] : 0;
    gate = cap_new();
    return worker_start(&receiver, task, receive_once, MAIN_PRIORITY + 10)
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, receiver.cap, 0);
}

/* The log as an item, without D: the receiver's death shall not delete it. */
static void put_log(unsigned mr)
{
    l4_put_item(mr, 0, l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RWS));
}

/* 0 or the IPC error code. */
static long send_items(l4_cap_t to, unsigned words, unsigned items)
{
    l4_msgtag_t tag = l4_ipc_call(to, l4_msgtag(0, words, items, 0), L4_NEVER);
    return l4_msgtag_has_error(tag) ? l4_ipc_code() : 0;
}

static void read_byte(struct worker *w)
{
    w->result = *(volatile char *)w->argument;
}

/* Reads a byte in the child. A fault would call an empty pager slot and kill the reader. */
static bool child_can_read(uint64_t address, char expected)
{
    static struct worker w;
    w.argument = (void *)address;
    return worker_start(&w, &child, read_byte, MAIN_PRIORITY + 5) && w.done
           && w.result == expected;
}

static void test_page_hot_spot(void)
{
    char *m = test_memory();
    m[0x3000] = 'h';
    uint64_t br[] = {L4_RCV_MAP, l4_fpage_mem(CHILD_WINDOW, 16, 0).raw};
    CHECK(task_new(&child));
    CHECK(expect_items(&child, br, 2));
    l4_utcb()->mr[0] = 5;
    l4_put_item(1, 0x7000, l4_fpage_mem((uint64_t)m + 0x3000, 12, L4_FPAGE_RW));
    CHECK_EQ(send_items(gate, 1, 1), 0);
    CHECK_EQ(job.tag, l4_msgtag(0, 1, 1, 0).raw);
    CHECK_EQ(job.mr[0], 5);
    CHECK_EQ(job.mr[1], 0x7000 | 12 << 6 | L4_FPAGE_MEMORY << 4 | L4_ITEM_MAP);
    CHECK(child_can_read(CHILD_WINDOW + 0x7000, 'h'));
    CHECK(!child_can_read(CHILD_WINDOW + 0x3000, 'h'));
}

static void test_large_into_small(void)
{
    char *m = test_memory();
    m[0x5000] = 'L';
    uint64_t br[] = {L4_RCV_MAP, l4_fpage_mem(CHILD_WINDOW, 12, 0).raw};
    CHECK(task_new(&child));
    CHECK(expect_items(&child, br, 2));
    l4_put_item(0, 0x5000, l4_fpage_mem((uint64_t)m, TEST_MEMORY_ORDER, L4_FPAGE_RW));
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK(child_can_read(CHILD_WINDOW, 'L'));
    CHECK(!child_can_read(CHILD_WINDOW + 0x1000, 0));
}

static void test_nothing_mapped(void)
{
    uint64_t br[] = {L4_RCV_MAP, l4_fpage_all().raw};
    CHECK(task_new(&child));
    CHECK(expect_items(&child, br, 2));
    l4_put_item(0, 0, l4_fpage_mem(0x600000000000, 12, L4_FPAGE_RW));
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK_EQ(job.mr[0] & (L4_RESULT_MASK | L4_ITEM_MAP), L4_RESULT_NOTHING | L4_ITEM_MAP);
}

static void put_31_pages(char *m)
{
    for (unsigned i = 0; i < 31; i++) {
        m[i % 16 * 4096] = (char)(i % 16);
        l4_put_item(2 * i, (0x20000 + i * 0x1000) | L4_ITEM_CONT,
                    l4_fpage_mem((uint64_t)m + i % 16 * 4096, 12, L4_FPAGE_RW));
    }
}

static void test_31_items(void)
{
    struct l4_utcb *u = l4_utcb();
    char *m = test_memory();
    uint64_t br[] = {L4_RCV_MAP, l4_fpage_mem(CHILD_WINDOW, 20, 0).raw};
    CHECK(task_new(&child));
    CHECK(expect_items(&child, br, 2));
    put_31_pages(m);
    u->mr[0] &= ~L4_ITEM_CONT; /* the first uses up the only receive item */
    CHECK_EQ(send_items(gate, 0, 31), L4_IPC_SEMSGCUT);
    CHECK_EQ(job.error & 0x1f, L4_IPC_REMSGCUT);
    CHECK(task_new(&child));
    CHECK(expect_items(&child, br, 2));
    put_31_pages(m);
    u->mr[6] = 0; /* a void item */
    CHECK_EQ(send_items(gate, 0, 31), 0);
    CHECK_EQ(job.tag, l4_msgtag(0, 0, 31, 0).raw);
    CHECK_EQ(job.mr[6], 0);
    for (unsigned i = 0; i < 31; i += 5)
        CHECK(child_can_read(CHILD_WINDOW + 0x20000 + i * 0x1000, (char)(i % 16)));
    CHECK(!child_can_read(CHILD_WINDOW + 0x23000, 3));
}

static void test_cut(void)
{
    CHECK(task_new(&child));
    CHECK(expect_items(&child, NULL, 0));
    l4_utcb()->mr[0] = 77;
    put_log(1);
    CHECK_EQ(send_items(gate, 1, 1), L4_IPC_SEMSGCUT);
    CHECK_EQ(job.tag, l4_msgtag(0, 1, 1, L4_MSGTAG_ERROR).raw);
    CHECK_EQ(job.error & 0x1f, L4_IPC_REMSGCUT);
    CHECK_EQ(job.mr[0], 77);
    /* The wrong type of window does not fit either. */
    uint64_t br[] = {L4_RCV_MAP, l4_fpage_mem(CHILD_WINDOW, 20, 0).raw};
    CHECK(expect_items(&child, br, 2));
    put_log(0);
    CHECK_EQ(send_items(gate, 0, 1), L4_IPC_SEMSGCUT);
    br[1] = 0; /* nil is not all spaces */
    CHECK(expect_items(&child, br, 2));
    put_log(0);
    CHECK_EQ(send_items(gate, 0, 1), L4_IPC_SEMSGCUT);
}

static bool child_holds(uint64_t index)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_TASK_CAP_INFO;
    u->mr[1] = l4_cap(index);
    return l4_result(l4_ipc_call(child.cap, l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER)) == 1;
}

static void test_small_window(void)
{
    uint64_t br[] = {l4_cap(0x222) | L4_RCV_SMALL | L4_RCV_MAP};
    CHECK(task_new(&child));
    CHECK(expect_items(&child, br, 1));
    put_log(0);
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK_EQ(job.mr[0], L4_FPAGE_OBJ << 4 | L4_ITEM_MAP);
    CHECK(child_holds(0x222));
    CHECK(!child_holds(0x221));
}

static void test_cap_range(void)
{
    l4_cap_t first = l4_cap(0x1000);
    uint64_t br[] = {L4_RCV_MAP, l4_fpage_obj(l4_cap(0x800), 4, 0).raw};
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, L4_BASE_LOG_CAP, first, L4_CAP_RWS), 0);
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, L4_BASE_ICU_CAP, first + 3 * L4_CAP_OFFSET,
                             L4_CAP_RWS), 0);
    CHECK(expect_items(&child, br, 2));
    l4_put_item(0, l4_cap(0x4), l4_fpage_obj(first, 2, L4_CAP_RWS));
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK(child_holds(0x804));
    CHECK(!child_holds(0x805));
    CHECK(child_holds(0x807));
    l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_obj(first, 2, L4_CAP_RWSD), L4_UNMAP_ALL_SPACES);
    CHECK(!l4_cap_valid(first + 3 * L4_CAP_OFFSET));
    CHECK(child_holds(0x807));
}

static void test_local_id_same_task(void)
{
    uint64_t br[] = {l4_cap(0xff0) | L4_RCV_SMALL | L4_RCV_MAP | L4_RCV_LOCAL_ID};
    CHECK(expect_items(&own_task, br, 1));
    put_log(0);
    uint64_t sent = l4_utcb()->mr[1];
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK_EQ(job.mr[0] & L4_RESULT_MASK, L4_RESULT_FPAGE);
    CHECK_EQ(job.mr[1], sent);
    CHECK(!l4_cap_valid(l4_cap(0xff0)));
}

static void test_local_id_own_gate(void)
{
    uint64_t br[] = {l4_cap(0x333) | L4_RCV_SMALL | L4_RCV_MAP | L4_RCV_LOCAL_ID};
    l4_cap_t session = cap_new();
    CHECK(task_new(&child));
    CHECK(expect_items(&child, br, 1));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, session, receiver.cap, 0xabc0), 0);
    l4_put_item(0, 0, l4_fpage_obj(session, 0, L4_CAP_RW));
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK_EQ(job.mr[0] & L4_RESULT_MASK, L4_RESULT_LABEL);
    CHECK_EQ(job.mr[1], 0xabc0 | L4_CAP_W);
    CHECK(!child_holds(0x333));
    /* A capability that is not its own gate is mapped. */
    CHECK(expect_items(&child, br, 1));
    put_log(0);
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK_EQ(job.mr[0] & L4_RESULT_MASK, L4_RESULT_MAPPED);
    CHECK(child_holds(0x333));
}

/* A receiver in our task gets things straight into the child. */
static void test_forward(void)
{
    char *m = test_memory();
    m[0x1000] = 'f';
    CHECK(task_new(&child));
    uint64_t br[] = {L4_RCV_MAP | L4_RCV_FORWARD, l4_fpage_mem(CHILD_WINDOW, 16, 0).raw, child.cap};
    CHECK(expect_items(&own_task, br, 3));
    l4_put_item(0, 0x2000, l4_fpage_mem((uint64_t)m + 0x1000, 12, L4_FPAGE_RW));
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK(child_can_read(CHILD_WINDOW + 0x2000, 'f'));
    uint64_t small[] = {l4_cap(0x444) | L4_RCV_SMALL | L4_RCV_MAP | L4_RCV_FORWARD, child.cap};
    CHECK(expect_items(&own_task, small, 2));
    put_log(0);
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK(child_holds(0x444));
    CHECK(!l4_cap_valid(l4_cap(0x444)));
}

static void test_forward_needs_w(void)
{
    l4_cap_t read_only = cap_new();
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, child.cap, read_only, L4_CAP_R | L4_CAP_S), 0);
    uint64_t br[] = {l4_cap(0x444) | L4_RCV_SMALL | L4_RCV_MAP | L4_RCV_FORWARD, read_only};
    CHECK(expect_items(&own_task, br, 2));
    put_log(0);
    CHECK_EQ(send_items(gate, 0, 1), L4_IPC_SEMAPFAILED);
    CHECK_EQ(job.error & 0x1f, L4_IPC_REMAPFAILED);
    CHECK(!child_holds(0x444));
}

static void test_channel_strips_s(void)
{
    uint64_t br[] = {l4_cap(0xff1) | L4_RCV_SMALL | L4_RCV_MAP};
    l4_cap_t channel = cap_new(), sem = cap_new();
    CHECK_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, sem), 0);
    CHECK(expect_items(&own_task, br, 1));
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, gate, channel, L4_CAP_RW), 0);
    l4_put_item(0, 0, l4_fpage_obj(sem, 0, L4_CAP_RWS));
    CHECK_EQ(send_items(channel, 0, 1), 0);
    CHECK_EQ(l4_semaphore_down(l4_cap(0xff1), L4_TIMEOUT_ZERO), -L4_EPERM);
    l4_cap_release(l4_cap(0xff1));
    CHECK(expect_items(&own_task, br, 1));
    l4_put_item(0, 0, l4_fpage_obj(sem, 0, L4_CAP_RWS));
    CHECK_EQ(send_items(gate, 0, 1), 0);
    CHECK_EQ(l4_semaphore_down(l4_cap(0xff1), L4_TIMEOUT_ZERO), -(L4_EIPC + L4_IPC_RETIMEOUT));
    l4_cap_release(l4_cap(0xff1));
}

const struct test item_tests[] = {
    {"item-page-hot-spot", test_page_hot_spot},
    {"item-large-into-small", test_large_into_small},
    {"item-nothing-mapped", test_nothing_mapped},
    {"item-31-items", test_31_items},
    {"item-cut", test_cut},
    {"item-small-window", test_small_window},
    {"item-cap-range", test_cap_range},
    {"item-local-id-same-task", test_local_id_same_task},
    {"item-local-id-own-gate", test_local_id_own_gate},
    {"item-forward", test_forward},
    {"item-forward-needs-w", test_forward_needs_w},
    {"item-channel-strips-s", test_channel_strips_s},
    {NULL, NULL},
};
