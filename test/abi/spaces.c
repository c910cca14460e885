/* SPDX-License-Identifier: BSD-2-Clause */
/* Mapping and unmapping as other files leave it: rights, windows, several at once (ABI 5, 7.2). */
#include "abi.h"

#define PLACE 0x50000000ull

static struct abi_task child;
static struct worker receiver;
static l4_cap_t gate;

static bool child_holds(uint64_t index)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_TASK_CAP_INFO;
    u->mr[1] = l4_cap(index);
    return l4_result(l4_ipc_call(child.cap, l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER)) == 1;
}

/* ku_mem cannot be placed where something is mapped. */
static bool child_has_page(uint64_t address)
{
    return l4_task_add_ku_mem(child.cap, l4_fpage_mem(address, 12, L4_FPAGE_RW)) == -L4_EEXIST;
}

static l4_cap_t copy(l4_cap_t cap, unsigned rights)
{
    l4_cap_t target = cap_new();
    return l4_task_map_cap(L4_BASE_TASK_CAP, cap, target, rights) ? 0 : target;
}

static l4_cap_t new_semaphore(void)
{
    l4_cap_t cap = cap_new();
    return l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, cap) ? 0 : cap;
}

/* S of what is mapped needs S on both tasks; W on the destination is needed at all. */
static void test_map_rights(void)
{
    CHECK(task_new(&child));
    l4_cap_t s = new_semaphore(), place = l4_cap(0x900), probe = cap_new();
    l4_cap_t no_w = copy(child.cap, L4_CAP_R | L4_CAP_S), no_s = copy(child.cap, L4_CAP_RW);
    l4_cap_t source = copy(L4_BASE_TASK_CAP, L4_CAP_R);
    CHECK_EQ(l4_task_map_cap(no_w, s, place, L4_CAP_RWS), -L4_EPERM);
    CHECK(!child_holds(0x900));
    const struct {
        l4_cap_t to, from;
        long down;
    } ways[] = {{child.cap, L4_BASE_TASK_CAP, -(L4_EIPC + L4_IPC_RETIMEOUT)},
                {no_s, L4_BASE_TASK_CAP, -L4_EPERM},
                {child.cap, source, -L4_EPERM}};
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(l4_task_map(ways[i].to, ways[i].from, l4_fpage_obj(s, 0, L4_CAP_RWS), place), 0);
        CHECK_EQ(l4_task_map(L4_BASE_TASK_CAP, child.cap, l4_fpage_obj(place, 0, L4_CAP_RWS),
                             probe), 0);
        CHECK_EQ(l4_semaphore_down(probe, L4_TIMEOUT_ZERO), ways[i].down);
        l4_cap_release(probe);
    }
}

/* Without R no capability is mapped, without any right no page; neither is an error. */
static void test_no_rights(void)
{
    char *m = test_memory();
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP,
                         l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_W | L4_CAP_S), l4_cap(0x900)), 0);
    CHECK(!child_holds(0x900));
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m, 12, 0), PLACE), 0);
    CHECK(!child_has_page(PLACE));
}

static void test_small_orders(void)
{
    char *m = test_memory();
    m[0] = 's';
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m, 11, L4_FPAGE_RWX),
                         PLACE), 0);
    CHECK(!child_has_page(PLACE));
    CHECK_EQ(l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m, 11, L4_FPAGE_RWX),
                           L4_UNMAP_ALL_SPACES), 0);
    CHECK_EQ(m[0], 's');
}

/* Several flexpages in one request; the words come back with what is known of the pages. */
static void test_unmap_several(void)
{
    struct l4_utcb *u = l4_utcb();
    char *m = test_memory();
    CHECK(task_new(&child));
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP,
                             l4_fpage_mem((uint64_t)m + i * 4096, 12, L4_FPAGE_RW),
                             PLACE + i * 0x10000), 0);
    CHECK_EQ(l4_task_map_cap(child.cap, L4_BASE_LOG_CAP, l4_cap(0x900), L4_CAP_RW), 0);
    u->mr[0] = L4_TASK_UNMAP;
    u->mr[1] = L4_UNMAP_ALL_SPACES;
    u->mr[2] = l4_fpage_mem(PLACE, 12, L4_FPAGE_RWX).raw;
    u->mr[3] = l4_fpage_obj(l4_cap(0x900), 0, L4_CAP_RWS).raw;
    u->mr[4] = l4_fpage_mem(PLACE + 0x20000, 12, L4_FPAGE_RWX).raw;
    l4_msgtag_t tag = l4_ipc_call(child.cap, l4_msgtag(L4_PROTO_TASK, 5, 0, 0), L4_NEVER);
    CHECK_EQ(tag.raw, l4_msgtag(0, 5, 0, 0).raw);
    CHECK_EQ(u->mr[2] & ~3ull, l4_fpage_mem(PLACE, 12, 0).raw);
    CHECK_EQ(u->mr[4] & ~3ull, l4_fpage_mem(PLACE + 0x20000, 12, 0).raw);
    CHECK(!child_holds(0x900));
    CHECK(child_has_page(PLACE + 0x10000));
    CHECK(!child_has_page(PLACE));
    CHECK(!child_has_page(PLACE + 0x20000));
}

/* "All spaces" is memory, ports and capabilities. */
static void test_unmap_all(void)
{
    char *m = test_memory();
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m, 12, L4_FPAGE_RW),
                         PLACE), 0);
    CHECK_EQ(l4_task_map_cap(child.cap, L4_BASE_LOG_CAP, l4_cap(0x900), L4_CAP_RW), 0);
    l4_fpage_t all = {l4_fpage_all().raw | 7};
    CHECK_EQ(l4_task_unmap(child.cap, all, L4_UNMAP_ALL_SPACES), 0);
    CHECK(!child_holds(0x900));
    CHECK(!child_has_page(PLACE));
    CHECK(l4_cap_valid(L4_BASE_LOG_CAP));
}

/* Nothing can be put over kernel-user memory, and nobody can run it. */
static void test_ku_mem_stays(void)
{
    struct l4_utcb *u = l4_utcb();
    char *m = test_memory(), *place = (char *)0x71100000;
    m[0] = 'm';
    u->mr[0] = L4_TASK_ADD_KU_MEM;
    u->mr[1] = l4_fpage_mem((uint64_t)place, 12, L4_FPAGE_RW).raw;
    u->mr[2] = l4_fpage_mem((uint64_t)place + 0x4000, 13, L4_FPAGE_RW).raw;
    l4_msgtag_t tag = l4_ipc_call(L4_BASE_TASK_CAP, l4_msgtag(L4_PROTO_TASK, 3, 0, 0), L4_NEVER);
    CHECK_EQ(tag.raw, l4_msgtag(0, 2, 0, 0).raw);
    CHECK_EQ(u->mr[0], l4_fpage_mem((uint64_t)place, 12, L4_FPAGE_RW).raw);
    CHECK_EQ(u->mr[1], l4_fpage_mem((uint64_t)place + 0x4000, 13, L4_FPAGE_RW).raw);
    place[0] = 'k';
    l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_fpage_mem((uint64_t)m, 12, L4_FPAGE_RW),
                (uint64_t)place);
    CHECK_EQ(place[0], 'k');
    CHECK_EQ(m[0], 'm');
}

/* Rights are added by mapping again, never taken. */
static void write_byte(struct worker *w)
{
    *(volatile char *)w->argument = 'w';
    w->result = 1;
}

static void test_no_reduction(void)
{
    static struct worker writer;
    uint64_t m = (uint64_t)test_memory();
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_mem(m, 12, L4_FPAGE_RW), PLACE), 0);
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_mem(m, 12, L4_FPAGE_R), PLACE), 0);
    writer.argument = (void *)PLACE;
    CHECK(worker_start(&writer, &child, write_byte, MAIN_PRIORITY + 1));
    CHECK_EQ(writer.result, 1);
}

static void test_caching_types(void)
{
    static const uint64_t types[] = {L4_ITEM_UNCACHED, L4_ITEM_CACHED, L4_ITEM_BUFFERED, 0x20};
    char *m = test_memory();
    CHECK(task_new(&child));
    for (unsigned i = 0; i < 4; i++) {
        uint64_t place = PLACE + i * 0x1000;
        CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP,
                             l4_fpage_mem((uint64_t)m, 12, L4_FPAGE_RW), place | types[i]), 0);
        CHECK(child_has_page(place));
    }
}

/* --- messages --- */

static struct {
    uint64_t bdr, br[58], tag, mr[63], label;
} job;

static void receive_once(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    (void)w;
    u->bdr = job.bdr;
    for (unsigned i = 0; i < 58; i++)
        u->br[i] = job.br[i];
    job.label = 0;
    job.tag = l4_ipc_wait(L4_INVALID_CAP, &job.label, L4_NEVER).raw;
    for (unsigned i = 0; i < 63; i++)
        job.mr[i] = u->mr[i];
    u->bdr = 0;
    u->br[0] = 0;
    l4_put_item(0, 0, l4_fpage_obj((l4_cap_t)w->argument, 0, L4_CAP_RWS));
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, w->argument ? 1 : 0, 0), L4_BOTH_ZERO);
}

static bool receiver_in(struct abi_task *task)
{
    gate = cap_new();
    return worker_start(&receiver, task, receive_once, MAIN_PRIORITY + 10)
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, receiver.cap, 0xc0);
}

/* One message, items of three kinds, each with a list of its own. */
static void test_three_kinds(void)
{
    CHECK(task_new(&child));
    job.bdr = l4_bdr(4, 7, 1);
    const uint64_t br[] = {0, l4_cap(0x900) | 0xa, 0, 0, L4_RCV_MAP,
                           l4_fpage_mem(PLACE, 16, 0xf).raw, 0, L4_RCV_MAP,
                           l4_fpage_io(0, 16, 0).raw, 0};
    __builtin_memcpy(job.br, br, sizeof br);
    receiver.argument = NULL;
    CHECK(receiver_in(&child));
    l4_put_item(0, 0x3000, l4_fpage_mem((uint64_t)test_memory(), 12, L4_FPAGE_RW));
    l4_put_item(2, 0, l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RW));
    l4_put_item(4, 0, l4_fpage_io(0x70, 1, L4_FPAGE_RW));
    l4_msgtag_t tag = l4_ipc_call(gate, l4_msgtag(0, 0, 3, 0), L4_NEVER);
    CHECK(!l4_msgtag_has_error(tag));
    CHECK(child_has_page(PLACE + 0x3000));
    CHECK(child_holds(0x900));
    CHECK_EQ(job.mr[4] & 0xff0, 1 << 6 | L4_FPAGE_IO << 4);
}

/* A list that begins at the last index a BDR can name ends with the BRs. */
static void test_last_buffers(void)
{
    CHECK(task_new(&child));
    job.bdr = l4_bdr(0, 0, 31);
    for (unsigned i = 31; i < 58; i++)
        job.br[i] = l4_cap(0x900 + i) | L4_RCV_SMALL | L4_RCV_MAP;
    receiver.argument = NULL;
    CHECK(receiver_in(&child));
    for (unsigned i = 0; i < 28; i++)
        l4_put_item(2 * i, 0, l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RW));
    l4_msgtag_t tag = l4_ipc_call(gate, l4_msgtag(0, 0, 28, 0), L4_NEVER);
    CHECK_EQ(tag.raw, L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_SEMSGCUT);
    CHECK(child_holds(0x900 + 31));
    CHECK(child_holds(0x900 + 57));
    CHECK_EQ(job.tag, l4_msgtag(0, 0, 28, L4_MSGTAG_ERROR).raw);
    CHECK_EQ(job.label, 0xc0 | L4_CAP_W | L4_CAP_S); /* valid nevertheless */
}

/* More capabilities than the window has room for: the hot spot says which. */
static void test_caps_into_small(void)
{
    l4_cap_t first = l4_cap(0x1000);
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, L4_BASE_LOG_CAP, first + 2 * L4_CAP_OFFSET,
                             L4_CAP_RW), 0);
    job.bdr = 0;
    job.br[0] = L4_RCV_MAP;
    job.br[1] = l4_fpage_obj(l4_cap(0x900), 1, 0).raw;
    job.br[2] = 0;
    receiver.argument = NULL;
    CHECK(receiver_in(&child));
    l4_put_item(0, l4_cap(2), l4_fpage_obj(first, 3, L4_CAP_RW));
    CHECK(!l4_msgtag_has_error(l4_ipc_call(gate, l4_msgtag(0, 0, 1, 0), L4_NEVER)));
    CHECK(child_holds(0x900));
    CHECK(!child_holds(0x901));
    l4_cap_release(first + 2 * L4_CAP_OFFSET);
}

/* An answer goes with the rights of the call: through a gate without S, no S comes back. */
static void test_reply_rights(void)
{
    static const unsigned rights[] = {L4_CAP_RW, L4_CAP_RWS};
    static const long expected[] = {-L4_EPERM, -(L4_EIPC + L4_IPC_RETIMEOUT)};
    l4_cap_t s = new_semaphore(), got = cap_new();
    for (unsigned i = 0; i < 2; i++) {
        job.bdr = job.br[0] = 0;
        receiver.argument = (void *)s;
        CHECK(receiver_in(&own_task));
        l4_cap_t channel = copy(gate, rights[i]);
        l4_receive_cap(got);
        l4_msgtag_t tag = l4_ipc_call(channel, l4_msgtag(0, 0, 0, 0), L4_NEVER);
        CHECK_EQ(l4_msgtag_items(tag), 1);
        CHECK_EQ(l4_semaphore_down(got, L4_TIMEOUT_ZERO), expected[i]);
        l4_cap_release(got);
    }
}

/* A local id over a channel without S names no S. */
static void test_local_id_rights(void)
{
    job.bdr = 0;
    job.br[0] = l4_cap(0xff0) | L4_RCV_SMALL | L4_RCV_MAP | L4_RCV_LOCAL_ID;
    job.br[1] = 0;
    receiver.argument = NULL;
    CHECK(receiver_in(&own_task));
    l4_cap_t channel = copy(gate, L4_CAP_RW);
    l4_put_item(0, 0, l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RWS));
    CHECK(!l4_msgtag_has_error(l4_ipc_call(channel, l4_msgtag(0, 0, 1, 0), L4_NEVER)));
    CHECK_EQ(job.mr[0] & L4_RESULT_MASK, L4_RESULT_FPAGE);
    CHECK_EQ(job.mr[1], l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RW).raw);
}

const struct test space_tests[] = {
    {"space-map-rights", test_map_rights},
    {"space-no-rights", test_no_rights},
    {"space-small-orders", test_small_orders},
    {"space-unmap-several", test_unmap_several},
    {"space-unmap-all", test_unmap_all},
    {"space-ku-mem-stays", test_ku_mem_stays},
    {"space-no-reduction", test_no_reduction},
    {"space-caching-types", test_caching_types},
    {"space-three-kinds", test_three_kinds},
    {"space-last-buffers", test_last_buffers},
    {"space-caps-into-small", test_caps_into_small},
    {"space-reply-rights", test_reply_rights},
    {"space-local-id-rights", test_local_id_rights},
    {NULL, NULL},
};
