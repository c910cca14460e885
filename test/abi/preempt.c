/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What others do while a long operation of a thread of low priority is interrupted: look, kill the
 * thread, begin the same, change what it is about. Nothing may be lost, and the kernel's invariants
 * hold in between.
 */
#include "abi.h"

enum { DEPTH = 30000, PAGES = 8192, LOW = MAIN_PRIORITY - 50 };

#define AREA     0x100000000ull
#define END      (AREA + PAGES * 4096ull)
#define ALL      l4_fpage_mem(AREA, 25, L4_FPAGE_RW)
#define CALL_TAG l4_msgtag(0, 1, 1, 0)

static struct worker low;
static struct abi_task from, to;
static l4_cap_t subject; /* the task or object that it is about */
static uint64_t page;
static volatile long code; /* how the worker's IPC ended */
static volatile unsigned turns;

static bool is_mapped(l4_cap_t task, uint64_t address)
{
    return l4_task_add_ku_mem(task, l4_fpage_mem(address, 12, L4_FPAGE_RW)) == -L4_EEXIST;
}

static bool any_mapped(l4_cap_t task, unsigned pages)
{
    for (uint64_t i = 0; i < pages; i += 97)
        if (is_mapped(task, AREA + i * 4096))
            return true;
    return is_mapped(task, AREA + (pages - 1) * 4096ull);
}

/* Lets the low thread work until tick number @ticks. */
static void wait_ticks(unsigned ticks)
{
    for (unsigned i = 0; i < ticks; i++)
        l4_sleep_us(1);
}

static bool wait_done(void)
{
    for (unsigned i = 0; i < 100 && !low.done; i++)
        l4_sleep_us(1000);
    return low.done;
}

static bool build_chain(void)
{
    page = (uint64_t)test_memory();
    subject = cap_new();
    bool built = l4_factory_create_task(L4_BASE_FACTORY_CAP, subject, (l4_fpage_t){0}) == 0
                 && l4_task_map(subject, L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, L4_FPAGE_RW),
                                AREA) == 0;
    for (uint64_t i = 0; built && i + 1 < DEPTH; i++)
        built = l4_task_map(subject, subject, l4_fpage_mem(AREA + i * 4096, 12, L4_FPAGE_RW),
                            AREA + (i + 1) * 4096) == 0;
    return built;
}

static void unmap_chain(struct worker *w)
{
    (void)w;
    l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, L4_FPAGE_RW), 0);
}

static void test_seen(void)
{
    CHECK(build_chain());
    CHECK(worker_start(&low, &own_task, unmap_chain, LOW));
    for (turns = 0; !low.done && turns < 100; turns++) {
        CHECK(kernel_audit());
        wait_ticks(1);
    }
    CHECK(turns > 2);
    CHECK(low.done && !any_mapped(subject, DEPTH));
}

/* Above, in the middle and below, all or only the right to write. */
static void test_overlapping(void)
{
    static const struct {
        unsigned at, rights;
        bool from_root;
    } others[] = {{0, L4_FPAGE_RW, true}, {DEPTH / 2, L4_FPAGE_RW, false},
                  {DEPTH - 10, L4_FPAGE_RW, false}, {DEPTH / 2, L4_FPAGE_W, false}};
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        CHECK(build_chain());
        CHECK(worker_start(&low, &own_task, unmap_chain, LOW));
        wait_ticks(1 + i);
        CHECK(!low.done);
        if (others[i].from_root)
            l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, others[i].rights), 0);
        else
            l4_task_unmap(subject, l4_fpage_mem(AREA + others[i].at * 4096ull, 12,
                                                others[i].rights), L4_UNMAP_ALL_SPACES);
        CHECK(kernel_audit());
        CHECK(wait_done() && !any_mapped(subject, DEPTH));
        harness_reset();
    }
}

/* While it goes the chain grows at its top and its end; what grows below goes too. */
static void test_growing(void)
{
    CHECK(build_chain());
    l4_cap_t other = cap_new();
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, other, (l4_fpage_t){0}), 0);
    CHECK(worker_start(&low, &own_task, unmap_chain, LOW));
    for (uint64_t i = 1; !low.done; i++) {
        wait_ticks(1);
        CHECK_EQ(l4_task_map(other, subject, l4_fpage_mem(AREA + 4096, 12, L4_FPAGE_RW),
                             AREA + i * 4096), 0);
        CHECK(i < 100);
    }
    CHECK(!any_mapped(subject, DEPTH) && !any_mapped(other, 100));
}

static void test_unmapper_killed(void)
{
    for (unsigned ticks = 1; ticks < 4; ticks++) {
        CHECK(build_chain());
        CHECK(worker_start(&low, &own_task, unmap_chain, LOW));
        wait_ticks(ticks);
        CHECK(!low.done && any_mapped(subject, DEPTH));
        l4_cap_delete(low.cap);
        CHECK(!any_mapped(subject, DEPTH));
        CHECK(kernel_audit());
        harness_reset();
    }
}

static void delete_subject(struct worker *w)
{
    (void)w;
    l4_cap_delete(subject);
}

static bool map_pages(l4_cap_t task)
{
    bool mapped = true;
    page = (uint64_t)test_memory();
    for (uint64_t i = 0; mapped && i < PAGES; i++)
        mapped = l4_task_map(task, L4_BASE_TASK_CAP, l4_fpage_mem(page, 12, L4_FPAGE_RW),
                             AREA + i * 4096) == 0;
    return mapped;
}

/* A task with one object in all its slots, and many pages; all paid by @factory. */
static bool build_task(l4_cap_t factory)
{
    l4_cap_t irq = cap_new();
    subject = cap_new();
    bool built = l4_factory_create_task(factory, subject, (l4_fpage_t){0}) == 0
                 && l4_factory_create_irq(factory, irq) == 0
                 && l4_task_map_cap(subject, irq, 0, L4_CAP_RWS) == 0;
    l4_cap_release(irq);
    for (unsigned order = 0; built && order < 16; order++)
        built = l4_task_map(subject, subject, l4_fpage_obj(0, order, L4_CAP_RWS),
                            l4_cap(1ull << order)) == 0;
    return built && map_pages(subject);
}

static void test_deleter_killed(void)
{
    for (unsigned ticks = 1; ticks < 4; ticks++) {
        l4_cap_t factory = cap_new();
        CHECK_EQ(l4_factory_create_factory(L4_BASE_FACTORY_CAP, factory, 6 << 20), 0);
        uint64_t before = rest_of(factory);
        CHECK(build_task(factory));
        CHECK(worker_start(&low, &own_task, delete_subject, LOW));
        wait_ticks(ticks);
        CHECK(!low.done && !l4_cap_valid(subject));
        CHECK(rest_of(factory) < before);
        CHECK(kernel_audit());
        l4_cap_delete(low.cap);
        CHECK_EQ(rest_of(factory), before);
        CHECK(kernel_audit());
        harness_reset();
    }
}

/* Two delete what each holds of the other: the second finds nothing, the first does it all. */
static void test_deleted_twice(void)
{
    l4_cap_t factory = cap_new();
    CHECK_EQ(l4_factory_create_factory(L4_BASE_FACTORY_CAP, factory, 6 << 20), 0);
    uint64_t before = rest_of(factory);
    CHECK(build_task(factory));
    CHECK(worker_start(&low, &own_task, delete_subject, LOW));
    wait_ticks(1);
    CHECK_EQ(l4_cap_delete(subject), 0);
    CHECK_EQ(l4_cap_delete(factory), 0);
    CHECK(wait_done());
    CHECK(kernel_audit());
    CHECK_EQ(l4_factory_create_factory(L4_BASE_FACTORY_CAP, factory, 6 << 20), 0);
    CHECK_EQ(rest_of(factory), before);
}

static void kill_own_task(struct worker *w)
{
    (void)w;
    l4_task_unmap(TASK_SELF, l4_fpage_obj(TASK_SELF, 0, L4_CAP_RWSD), L4_UNMAP_DELETE);
}

/* Its task's table, which is full, has the thread with D: it kills itself on the way. */
static void test_suicide(void)
{
    uint64_t before = 0;
    for (unsigned round = 0; round < 3; round++) {
        l4_cap_t irq = cap_new();
        CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
        CHECK(task_new(&to) && worker_create(&low, &to));
        CHECK_EQ(l4_task_map_cap(to.cap, to.cap, TASK_SELF, L4_CAP_RWSD), 0);
        CHECK_EQ(l4_task_map_cap(to.cap, irq, TASK_SLOT, L4_CAP_RWSD), 0);
        for (unsigned order = 0; order < 15; order++)
            CHECK_EQ(l4_task_map(to.cap, to.cap,
                                 l4_fpage_obj(TASK_SLOT, order, L4_CAP_RWS),
                                 TASK_SLOT + l4_cap(1ull << order)), 0);
        CHECK_EQ(l4_task_map_cap(to.cap, low.cap, TASK_SLOT + l4_cap(round ? 20000 : 3),
                                 L4_CAP_RWSD), 0);
        CHECK(worker_run(&low, kill_own_task, LOW));
        wait_ticks(1);
        CHECK(kernel_audit());
        CHECK(!l4_cap_valid(to.cap));
        for (unsigned i = 0; i < 100 && l4_cap_valid(low.cap); i++)
            l4_sleep_us(1000);
        l4_sleep_us(20000);
        harness_reset();
        if (round > 0)
            CHECK_EQ(rest_of(L4_BASE_FACTORY_CAP), before);
        before = rest_of(L4_BASE_FACTORY_CAP);
    }
}

static void spin(struct worker *w)
{
    for (;;)
        w->result++;
}

/* A thread of higher priority than the one that deletes its task does not run any more. */
static void test_dying_task_stands_still(void)
{
    static struct worker victim;
    CHECK(task_new(&to) && worker_start(&victim, &to, spin, LOW - 10));
    l4_cap_t irq = cap_new();
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_task_map_cap(to.cap, irq, TASK_SLOT, L4_CAP_RWSD), 0);
    for (unsigned order = 0; order < 15; order++)
        CHECK_EQ(l4_task_map(to.cap, to.cap, l4_fpage_obj(TASK_SLOT, order, L4_CAP_RWS),
                             TASK_SLOT + l4_cap(1ull << order)), 0);
    CHECK(map_pages(to.cap));
    wait_ticks(3);
    CHECK(victim.result > 0);
    subject = to.cap;
    CHECK(worker_start(&low, &own_task, delete_subject, LOW));
    wait_ticks(1);
    CHECK(!low.done);
    CHECK_EQ(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, victim.cap, LOW + 10), 0);
    long before = victim.result;
    CHECK(wait_done());
    CHECK_EQ(victim.result, before);
}

/* A message with very many pages. */

static void send_pages(struct worker *w)
{
    (void)w;
    l4_utcb()->mr[0] = 17;
    l4_put_item(1, AREA, ALL);
    l4_msgtag_t tag = l4_ipc_send(TASK_SLOT, CALL_TAG, L4_NEVER);
    code = l4_msgtag_has_error(tag) ? l4_ipc_code() : 0;
}

static void receive_pages(struct worker *w)
{
    for (turns = 0; turns < 3; turns++) {
        l4_receive_window(l4_fpage_mem(0, L4_WHOLE_SPACE, 0));
        l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
        if (!l4_msgtag_has_error(tag)) {
            w->result = (long)l4_utcb()->mr[0];
            return;
        }
        w->result = -l4_ipc_code();
    }
}

/* Sender and receiver in tasks of their own; who is to be interrupted has the low priority. */
static struct worker sender, receiver;

static bool build_message(unsigned sender_priority, unsigned receiver_priority)
{
    l4_cap_t gate = cap_new();
    code = -1;
    bool built = task_new(&from) && task_new(&to) && worker_create(&sender, &from)
                 && worker_create(&receiver, &to)
                 && l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, receiver.cap, 0) == 0
                 && l4_task_map_cap(from.cap, gate, TASK_SLOT, L4_CAP_RWS) == 0;
    built = built && map_pages(from.cap);
    if (sender_priority > receiver_priority) /* then it waits for the receiver */
        return built && worker_run(&sender, send_pages, sender_priority)
               && worker_run(&receiver, receive_pages, receiver_priority);
    return built && worker_run(&receiver, receive_pages, receiver_priority)
           && worker_run(&sender, send_pages, sender_priority);
}

static bool all_arrived(void)
{
    for (unsigned i = 0; i < 200 && !receiver.done; i++)
        l4_sleep_us(1000);
    bool all = receiver.result == 17;
    for (uint64_t a = AREA; all && a < END; a += 4096)
        all = is_mapped(to.cap, a);
    return all;
}

static const unsigned priorities[][2] = {{LOW, MAIN_PRIORITY + 1}, {MAIN_PRIORITY + 1, LOW}};

static void test_message(void)
{
    for (unsigned i = 0; i < 2; i++) {
        CHECK(build_message(priorities[i][0], priorities[i][1]));
        wait_ticks(1);
        CHECK(!receiver.done && is_mapped(to.cap, AREA) && !is_mapped(to.cap, END - 4096));
        CHECK(kernel_audit());
        CHECK(all_arrived());
        CHECK_EQ(code, 0);
        harness_reset();
    }
}

static void test_message_cancelled(void)
{
    for (unsigned i = 0; i < 2; i++) {
        CHECK(build_message(priorities[i][0], priorities[i][1]));
        wait_ticks(1);
        CHECK(!receiver.done);
        CHECK_EQ(l4_thread_ex_regs(receiver.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
        l4_sleep_us(1);
        CHECK(kernel_audit());
        CHECK(turns == 1 || i > 0);
        CHECK(all_arrived()); /* the receiver waits again, and all begins anew */
        CHECK_EQ(turns, 1);
        CHECK_EQ(code, 0);
        harness_reset();
    }
}

static void test_message_receiver_killed(void)
{
    for (unsigned i = 0; i < 2; i++) {
        CHECK(build_message(priorities[i][0], priorities[i][1]));
        wait_ticks(1);
        CHECK(!receiver.done);
        l4_cap_delete(receiver.cap);
        CHECK(kernel_audit());
        for (unsigned j = 0; j < 100 && code < 0; j++)
            l4_sleep_us(1000);
        CHECK_EQ(code, i == 0 ? L4_IPC_ENOT_EXISTENT : L4_IPC_SECANCELED);
        harness_reset();
    }
}

/* Then another message reaches the receiver. */
static void test_message_sender_killed(void)
{
    for (unsigned i = 0; i < 2; i++) {
        CHECK(build_message(priorities[i][0], priorities[i][1]));
        l4_cap_t gate = cap_new();
        CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, receiver.cap, 0), 0);
        wait_ticks(1);
        CHECK(!receiver.done);
        l4_cap_delete(sender.cap);
        CHECK(kernel_audit());
        wait_ticks(3);
        CHECK(!receiver.done);
        l4_utcb()->mr[0] = 18;
        CHECK_EQ(send_words(gate, 1), 0);
        l4_sleep_us(1);
        CHECK_EQ(receiver.result, 18);
        harness_reset();
    }
}

const struct test preempt_tests[] = {
    {"preempt-seen", test_seen},
    {"preempt-overlapping", test_overlapping},
    {"preempt-growing", test_growing},
    {"preempt-unmapper-killed", test_unmapper_killed},
    {"preempt-deleter-killed", test_deleter_killed},
    {"preempt-deleted-twice", test_deleted_twice},
    {"preempt-suicide", test_suicide},
    {"preempt-dying-task-stands-still", test_dying_task_stands_still},
    {"preempt-message", test_message},
    {"preempt-message-cancelled", test_message_cancelled},
    {"preempt-message-receiver-killed", test_message_receiver_killed},
    {"preempt-message-sender-killed", test_message_sender_killed},
    {NULL, NULL},
};
