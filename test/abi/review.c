/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reviews have found: threads cancelled or changed while a long operation of theirs is
 * interrupted, and values from outside that went too far.
 */
#include "vcpu.h"
#include <l4/ops.h>

enum { DEPTH = 40000, PAGES = 32768, LOW = MAIN_PRIORITY - 50, HIGH = MAIN_PRIORITY + 1 };

#define AREA  0x100000000ull
#define OTHER 0x200000000ull
#define ALL   l4_fpage_mem(AREA, 27, L4_FPAGE_RW)

static struct worker low, high, third;
static struct abi_task from, to;
static l4_cap_t subject;
static volatile long code;
static volatile bool began; /* who is to be interrupted, just before its request */

static bool is_mapped(l4_cap_t task, uint64_t address)
{
    return l4_task_add_ku_mem(task, l4_fpage_mem(address, 12, L4_FPAGE_RW)) == -L4_EEXIST;
}

static void wait_ticks(unsigned ticks)
{
    for (unsigned i = 0; i < ticks; i++)
        l4_sleep_us(1);
}

/* Lets the low thread come into the middle of its request. */
static void wait_begun(void)
{
    for (unsigned i = 0; i < 100 && !began; i++)
        wait_ticks(1);
    wait_ticks(1);
}

static bool map_pages(l4_cap_t task)
{
    bool mapped = true;
    uint64_t page = (uint64_t)test_memory();
    for (uint64_t i = 0; mapped && i < PAGES; i++)
        mapped = l4_task_map(task, L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, L4_FPAGE_RW),
                             AREA + i * 4096) == 0;
    return mapped;
}

/* Maps a page of ours at AREA in @task, and in `subject` very many below it. */
static bool map_deep(l4_cap_t task)
{
    uint64_t page = (uint64_t)test_memory();
    subject = cap_new();
    bool built = l4_factory_create_task(L4_BASE_FACTORY_CAP, subject, (l4_fpage_t){0}) == 0
                 && l4_task_map(task, L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, L4_FPAGE_RW),
                                AREA) == 0
                 && l4_task_map(subject, task, l4_fpage_mem(AREA, 12, L4_FPAGE_RW), AREA) == 0;
    for (uint64_t i = 0; built && i + 1 < DEPTH; i++)
        built = l4_task_map(subject, subject, l4_fpage_mem(AREA + i * 4096, 12, L4_FPAGE_RW),
                            AREA + (i + 1) * 4096) == 0;
    return built;
}

/* Two flexpages: everything, and a slot that is filled meanwhile. */
static void unmap_all(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    began = true;
    u->mr[0] = L4_TASK_UNMAP;
    u->mr[1] = L4_UNMAP_ALL_SPACES;
    u->mr[2] = l4_fpage_all().raw | L4_FPAGE_RWX;
    u->mr[3] = l4_fpage_obj(TASK_SLOT, 0, L4_CAP_RWS).raw;
    w->result = l4_result(l4_ipc_call(subject, l4_msgtag(L4_PROTO_TASK, 4, 0, 0), L4_NEVER));
    code = (long)(u->mr[2] & 0xf);
}

static void test_unmap_all(void)
{
    l4_cap_t s = cap_new();
    subject = cap_new();
    CHECK_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, s), 0);
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, subject, (l4_fpage_t){0}), 0);
    CHECK(map_pages(subject));
    code = -1;
    began = false;
    CHECK(worker_start(&low, &own_task, unmap_all, LOW));
    wait_begun();
    CHECK(!low.done && is_mapped(subject, AREA + (PAGES - 1) * 4096));
    CHECK_EQ(l4_task_map_cap(subject, s, TASK_SLOT, L4_CAP_RWS), 0);
    WAIT_FOR(low.done);
    CHECK_EQ(low.result, 0);
    CHECK_EQ(code, 0); /* neither referenced nor dirty */
    l4_utcb()->mr[0] = L4_TASK_CAP_INFO;
    l4_utcb()->mr[1] = TASK_SLOT;
    CHECK_EQ(l4_result(l4_ipc_call(subject, l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER)), 0);
    CHECK(kernel_audit());
}

static void send_one_page(struct worker *w)
{
    l4_put_item(0, 0, l4_fpage_mem((uint64_t)w->argument, 12, L4_FPAGE_RW));
    l4_ipc_send(TASK_SLOT, l4_msgtag(0, 0, 1, 0), L4_NEVER);
}

/* Receives over AREA until cancelled, then unmaps the page at OTHER. */
static void receive_and_unmap(struct worker *w)
{
    l4_receive_window(l4_fpage_mem(AREA, 12, 0));
    began = true;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    code = l4_msgtag_has_error(tag) ? l4_ipc_code() : 0;
    l4_task_unmap(TASK_SELF, l4_fpage_mem(OTHER, 12, L4_FPAGE_RW), L4_UNMAP_ALL_SPACES);
    w->result = 1;
}

/* The receiver is cancelled while what was in the place of the new page goes. */
static void test_cancel_overmapping(void)
{
    l4_cap_t gate = cap_new();
    uint64_t page = (uint64_t)test_memory() + 4096;
    CHECK(task_new(&from) && task_new(&to) && worker_create(&high, &from)
          && worker_create(&low, &to) && map_deep(to.cap));
    CHECK_EQ(l4_task_map(to.cap, L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, L4_FPAGE_RW), OTHER), 0);
    CHECK_EQ(l4_task_map(from.cap, L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, L4_FPAGE_RW), OTHER),
             0);
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, low.cap, 0), 0);
    CHECK_EQ(l4_task_map_cap(from.cap, gate, TASK_SLOT, L4_CAP_RWS), 0);
    high.argument = (void *)OTHER;
    code = -1;
    began = false;
    CHECK(worker_run(&high, send_one_page, HIGH));
    CHECK(worker_run(&low, receive_and_unmap, LOW));
    wait_begun();
    CHECK(code < 0 && is_mapped(subject, AREA)); /* in the middle of it */
    CHECK_EQ(l4_thread_ex_regs(low.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
    CHECK(kernel_audit());
    WAIT_FOR(low.done);
    CHECK_EQ(code, L4_IPC_RECANCELED);
    CHECK(!is_mapped(to.cap, OTHER));
    CHECK(!is_mapped(subject, AREA)); /* what was begun was done */
    CHECK(kernel_audit());
}

static void call_with_pages(struct worker *w)
{
    l4_put_item(0, AREA, ALL);
    began = true;
    l4_msgtag_t tag = l4_ipc_call(TASK_SLOT, l4_msgtag(0, 0, 1, 0), L4_NEVER);
    code = l4_msgtag_has_error(tag) ? l4_ipc_code() : 0;
    w->result = 1;
}

static void receive_for_ever(struct worker *w)
{
    l4_receive_window(l4_fpage_mem(0, L4_WHOLE_SPACE, 0));
    l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    w->result = 1;
    l4_sleep_us(1000000000);
}

/* Who is cancelled in the middle of sending does not go on and wait for the answer. */
static void test_cancel_sending(void)
{
    l4_cap_t gate = cap_new();
    CHECK(task_new(&from) && task_new(&to) && worker_create(&low, &from)
          && worker_create(&high, &to) && map_pages(from.cap));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, high.cap, 0), 0);
    CHECK_EQ(l4_task_map_cap(from.cap, gate, TASK_SLOT, L4_CAP_RWS), 0);
    code = -1;
    began = false;
    CHECK(worker_run(&high, receive_for_ever, HIGH));
    CHECK(worker_run(&low, call_with_pages, LOW));
    wait_begun();
    CHECK(is_mapped(to.cap, AREA) && !is_mapped(to.cap, AREA + (PAGES - 1) * 4096));
    CHECK_EQ(l4_thread_ex_regs(low.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
    WAIT_FOR(low.result == 1);
    CHECK_EQ(code, L4_IPC_SECANCELED);
    CHECK_EQ(high.result, 0);
    CHECK(kernel_audit());
}

/* Two items, the first (if @w has an argument) or the second with many pages. */
static void send_two(struct worker *w)
{
    l4_fpage_t one = l4_fpage_mem(AREA, 12, L4_FPAGE_RW);
    l4_put_item(0, L4_ITEM_CONT | (w->argument ? AREA : OTHER), w->argument ? ALL : one);
    l4_put_item(2, OTHER, w->argument ? one : ALL);
    l4_msgtag_t tag = l4_ipc_send(TASK_SLOT, l4_msgtag(0, 0, 2, 0), L4_NEVER);
    w->result = l4_msgtag_has_error(tag) ? l4_ipc_code() : 1;
}

static void receive_once(struct worker *w)
{
    l4_receive_window(l4_fpage_mem(0, L4_WHOLE_SPACE, 0));
    began = true;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    code = l4_msgtag_has_error(tag) ? l4_ipc_code() : 0;
    w->result = 1;
}

/*
 * The receiver is in the middle of a first message when a more urgent one comes, and in the middle
 * of that when its sender goes away: the first one is begun anew, not where the second one was.
 */
static void test_interrupted_by_another(void)
{
    l4_cap_t gate = cap_new();
    CHECK(task_new(&from) && task_new(&to) && worker_create(&high, &from)
          && worker_create(&third, &from) && worker_create(&low, &to) && map_pages(from.cap));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, low.cap, 0), 0);
    CHECK_EQ(l4_task_map_cap(from.cap, gate, TASK_SLOT, L4_CAP_RWS), 0);
    high.argument = &high;
    third.argument = NULL;
    code = -1;
    began = false;
    CHECK(worker_run(&high, send_two, HIGH));
    CHECK(worker_run(&low, receive_once, LOW));
    wait_begun();
    CHECK(is_mapped(to.cap, AREA) && !is_mapped(to.cap, AREA + (PAGES - 1) * 4096));
    CHECK(worker_run(&third, send_two, HIGH + 1));
    wait_begun();
    CHECK(is_mapped(to.cap, OTHER + 4096));
    CHECK_EQ(l4_thread_ex_regs(third.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
    WAIT_FOR(low.result == 1);
    CHECK_EQ(code, 0);
    CHECK_EQ(third.result, L4_IPC_SECANCELED);
    for (uint64_t i = 0; i < PAGES; i += 97)
        CHECK(is_mapped(to.cap, AREA + i * 4096));
    CHECK(kernel_audit());
}

static void send_word(struct worker *w)
{
    w->result = send_words((l4_cap_t)(uint64_t)w->argument, 1);
}

/* An item of its resume overwrites, in its user task, the capability of the vCPU with D. */
static void in_suicide(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    l4_cap_t gate = cap_new(), s = cap_new();
    EXPECT_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, s), 0);
    EXPECT_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, self->cap, 0), 0);
    EXPECT_EQ(l4_task_map_cap(host.user.cap, self->cap, TASK_SLOT, L4_CAP_RWSD), 0);
    high.argument = (void *)gate;
    EXPECT(worker_start(&high, &own_task, send_word, MAIN_PRIORITY + 2));
    EXPECT_EQ(area->sticky_flags, L4_VCPU_SF_IRQ_PENDING);
    user_at(user_loop);
    area->saved_state |= L4_VCPU_F_IRQ;
    l4_put_item(1, TASK_SLOT, l4_fpage_obj(s, 0, L4_CAP_RWS));
    l4_vcpu_run(area, 1);
    EXPECT(false);
}

static void test_vcpu_suicide(void)
{
    CHECK(host_start(in_suicide));
    l4_sleep_us(2000);
    CHECK(!l4_cap_valid(host.worker.cap) && !host.worker.done);
    WAIT_FOR(high.done);
    CHECK(high.result < 0); /* its message has not arrived */
    CHECK(kernel_audit());
}

/* The ip of 32-bit code has 32 bits, whatever somebody sets. */
static void in_high_code(struct worker *self)
{
    struct l4_exc_regs *r = (struct l4_exc_regs *)&host.area->regs;
    user_at(user_undefined);
    r->rip |= 5ull << 32;
    r->cs = host.area->user_cs32;
    EXPECT_EQ(user_go(), 6);
    EXPECT_EQ(r->rip, (uint64_t)user_undefined);
    EXPECT_EQ(r->cs, host.area->user_cs32);
}

static void test_high_code(void)
{
    HOST(in_high_code);
}

static long debugger(uint64_t op, unsigned words, l4_cap_t object)
{
    l4_utcb()->mr[0] = op;
    l4_put_cap(words, object);
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_DEBUGGER, words, 1, 0);
    return l4_result(l4_ipc_call(L4_BASE_DEBUGGER_CAP, tag, L4_NEVER));
}

/* A buffer whose end wraps around is none. */
static void test_list_size(void)
{
    l4_task_add_ku_mem(L4_BASE_TASK_CAP, l4_fpage_mem(0x7fff300000ull, 12, L4_FPAGE_RW));
    l4_utcb()->mr[1] = 0x7fff300000ull + 4096 - L4_DBG_OBJECT_SIZE;
    l4_utcb()->mr[2] = -4096ull + L4_DBG_OBJECT_SIZE;
    l4_utcb()->mr[3] = 1ull << 60; /* no record that far: harmless if it is let through */
    long result = debugger(L4_DBG_OBJECTS, 4, L4_BASE_TASK_CAP);
    CHECK(result == -L4_EINVAL || result == -L4_ENOSYS || result == -L4_EBADPROTO);
}

/* Names are printed in the kernel's lines, and are no lines of their own. */
static void test_name_is_no_line(void)
{
    static const char name[16] = "a\nok fake\x1b[2J";
    l4_cap_t s = cap_new();
    CHECK_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, s), 0);
    __builtin_memcpy(&l4_utcb()->mr[1], name, sizeof name);
    if (debugger(L4_DBG_SET_NAME, 3, s) < 0 || debugger(L4_DBG_GET_NAME, 1, s) < 0)
        return;
    const char *got = (const char *)l4_utcb()->mr;
    for (unsigned i = 0; i < sizeof name && got[i]; i++)
        CHECK(got[i] >= ' ');
    CHECK(got[0] == 'a' && got[2] == 'o');
}

const struct test review_tests[] = {
    {"review-unmap-all", test_unmap_all},
    {"review-cancel-overmapping", test_cancel_overmapping},
    {"review-cancel-sending", test_cancel_sending},
    {"review-interrupted-by-another", test_interrupted_by_another},
    {"review-vcpu-suicide", test_vcpu_suicide},
    {"review-high-code", test_high_code},
    {"review-list-size", test_list_size},
    {"review-name-is-no-line", test_name_is_no_line},
    {NULL, NULL},
};
