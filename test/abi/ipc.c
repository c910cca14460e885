/* SPDX-License-Identifier: BSD-2-Clause */
/* Send, receive, call, time-outs, cancellation, death (ABI 1.2, 1.3, 6). */
#include "abi.h"

static l4_cap_t gate;
static uint64_t seen_label, seen_tag, seen_word;
static long order[8];
static volatile unsigned arrived;

#define MS20 l4_timeout_us(20000)

/* Answers each call with its words plus one and label 7. */
static void server(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, &seen_label, L4_NEVER);
    (void)w;
    for (;;) {
        seen_tag = tag.raw;
        seen_word = u->mr[0];
        unsigned n = l4_msgtag_words(tag);
        for (unsigned i = 0; i < n; i++)
            u->mr[i]++;
        tag = l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(7, n, 0, 0), &seen_label,
                                    L4_SEND_ZERO);
        while (l4_msgtag_has_error(tag))
            tag = l4_ipc_wait(L4_INVALID_CAP, &seen_label, L4_NEVER);
    }
}

static bool server_with_gate(struct worker *w, uint64_t label)
{
    gate = cap_new();
    return worker_start(w, &own_task, server, MAIN_PRIORITY + 1)
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, w->cap, label);
}

static void test_call(void)
{
    struct worker w;
    CHECK(server_with_gate(&w, 0x1230));
    l4_utcb()->mr[0] = 41;
    l4_msgtag_t tag = l4_ipc_call(gate, l4_msgtag(55, 1, 0, 0), L4_NEVER);
    CHECK_EQ(tag.raw, l4_msgtag(7, 1, 0, 0).raw);
    CHECK_EQ(l4_utcb()->mr[0], 42);
    CHECK_EQ(seen_label, 0x1230 | L4_CAP_W | L4_CAP_S);
    CHECK_EQ(seen_tag, l4_msgtag(55, 1, 0, 0).raw);
}

static void test_rights_in_label(void)
{
    struct worker w;
    l4_cap_t weak = cap_new();
    CHECK(server_with_gate(&w, 0x4000));
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, gate, weak, L4_CAP_R), 0);
    CHECK_EQ(l4_result(l4_ipc_call(weak, l4_msgtag(0, 0, 0, 0), L4_NEVER)), 7);
    CHECK_EQ(seen_label, 0x4000);
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, gate, weak, L4_CAP_RW), 0);
    CHECK_EQ(l4_result(l4_ipc_call(weak, l4_msgtag(0, 0, 0, 0), L4_NEVER)), 7);
    CHECK_EQ(seen_label, 0x4000 | L4_CAP_W);
}

static void test_63_words(void)
{
    struct worker w;
    CHECK(server_with_gate(&w, 0));
    for (unsigned i = 0; i < 63; i++)
        l4_utcb()->mr[i] = i * 1000;
    CHECK_EQ(l4_msgtag_words(l4_ipc_call(gate, l4_msgtag(0, 63, 0, 0), L4_NEVER)), 63);
    for (unsigned i = 0; i < 63; i++)
        CHECK_EQ(l4_utcb()->mr[i], i * 1000 + 1);
}

static void test_thread_label(void)
{
    struct worker w;
    uint64_t label = 0x123456789abcull;
    CHECK(server_with_gate(&w, 0));
    CHECK_EQ(l4_result(l4_invoke(w.cap | L4_SYSF_CALL, l4_msgtag(0, 0, 0, 0), &label, L4_NEVER)),
             7);
    CHECK_EQ(seen_label, 0x123456789abcull);
}

static void test_r8_preserved(void)
{
    register uint64_t r8 __asm__("r8") = 0x1234567800000400ull;
    uint64_t rax = 0, rdx = L4_INVALID_CAP | L4_SYSF_RECV, rbx = 77, rsi = 99;
    __asm__ volatile("syscall"
                     : "+a"(rax), "+d"(rdx), "+r"(r8), "+b"(rbx), "+S"(rsi)
                     :
                     : "rcx", "r11", "r15", "rdi", "memory");
    CHECK_EQ(r8, 0x1234567800000400ull);
    CHECK_EQ(rbx, 77);
    CHECK_EQ(rsi, 99);
    CHECK_EQ(rax, L4_MSGTAG_ERROR);
}

static void busy(struct worker *w)
{
    (void)w;
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

static void test_timeouts(void)
{
    struct worker w;
    CHECK(worker_start(&w, &own_task, busy, MAIN_PRIORITY + 1));
    l4_msgtag_t tag = l4_msgtag(3, 2, 0, 0);
    CHECK_EQ(l4_ipc_send(w.cap, tag, L4_BOTH_ZERO).raw, L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_SETIMEOUT);
    CHECK_EQ(l4_ipc_call(w.cap, tag, l4_timeouts(MS20, 0)).raw, L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_SETIMEOUT);
    tag = l4_invoke(w.cap | L4_SYSF_RECV, tag, NULL, L4_RECV_ZERO);
    CHECK_EQ(tag.raw, l4_msgtag(3, 2, 0, L4_MSGTAG_ERROR).raw);
    CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
    uint64_t start = l4_clock_us(test_kip());
    l4_sleep_us(5000);
    uint64_t slept = l4_clock_us(test_kip()) - start;
    CHECK(slept >= 5000 && slept < 500000);
}

static void test_absolute_timeout(void)
{
    struct l4_utcb *u = l4_utcb();
    uint64_t until = l4_clock_us(test_kip()) + 8000;
    u->br[10] = until;
    l4_timeouts_t t = l4_timeouts(0, l4_timeout_absolute(10));
    CHECK(l4_msgtag_has_error(l4_ipc_receive(L4_INVALID_CAP, t)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
    CHECK(l4_clock_us(test_kip()) >= until);
    u->br[10] = 1; /* long over */
    CHECK(l4_msgtag_has_error(l4_ipc_receive(L4_INVALID_CAP, t)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
}

static void test_empty_slot(void)
{
    uint64_t label = 5;
    CHECK_EQ(l4_ipc_call(cap_new(), l4_msgtag(1, 2, 0, 0), L4_NEVER).raw, L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
    /* The receive phase is skipped: this would wait for ever. */
    l4_invoke(cap_new() | L4_SYSF_SEND_AND_WAIT, l4_msgtag(0, 0, 0, 0), &label, L4_NEVER);
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
    CHECK_EQ(l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), &label, L4_NEVER).raw,
             L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
    CHECK_EQ(l4_ipc_call(0xffff0000000ull, l4_msgtag(0, 0, 0, 0), L4_NEVER).raw, L4_MSGTAG_ERROR);
}

static void test_send_only_tag(void)
{
    struct worker w;
    CHECK(server_with_gate(&w, 0));
    CHECK_EQ(l4_ipc_send(gate, l4_msgtag(9, 1, 0, 0), L4_NEVER).raw, l4_msgtag(9, 1, 0, 0).raw);
    l4_utcb()->mr[0] = 0x7777; /* unknown operation, but nobody wants to know */
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_TASK, 1, 0, 0);
    CHECK_EQ(l4_ipc_send(L4_BASE_TASK_CAP, tag, L4_NEVER).raw, tag.raw);
}

static void send_result(struct worker *w)
{
    l4_utcb()->mr[0] = (uint64_t)w->argument;
    l4_ipc_send(L4_BASE_THREAD_CAP, l4_msgtag(0, 1, 0, 0), L4_NEVER);
}

static void test_queue_order(void)
{
    static struct worker w[4];
    static const unsigned priorities[4] = {110, 130, 120, 130};
    uint64_t label = 0;
    for (long i = 0; i < 4; i++) {
        w[i].argument = (void *)i;
        CHECK(worker_start(&w[i], &own_task, send_result, priorities[i]));
    }
    for (unsigned i = 0; i < 4; i++) {
        CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO)));
        order[i] = (long)l4_utcb()->mr[0];
    }
    CHECK_EQ(order[0], 1);
    CHECK_EQ(order[1], 3);
    CHECK_EQ(order[2], 2);
    CHECK_EQ(order[3], 0);
}

static void test_closed_wait(void)
{
    static struct worker w[2];
    for (long i = 0; i < 2; i++) {
        w[i].argument = (void *)(i + 10);
        CHECK(worker_start(&w[i], &own_task, send_result, 110));
    }
    CHECK(!l4_msgtag_has_error(l4_ipc_receive(w[1].cap, L4_NEVER)));
    CHECK_EQ(l4_utcb()->mr[0], 11);
    CHECK(l4_msgtag_has_error(l4_ipc_receive(w[1].cap, L4_RECV_ZERO)));
    CHECK(!l4_msgtag_has_error(l4_ipc_receive(w[0].cap, L4_NEVER)));
    CHECK_EQ(l4_utcb()->mr[0], 10);
}

static void test_self_send(void)
{
    l4_timeouts_t timeouts = l4_timeouts(MS20, 0);
    CHECK(l4_msgtag_has_error(l4_ipc_send(L4_BASE_THREAD_CAP, l4_msgtag(0, 0, 0, 0), timeouts)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_SETIMEOUT);
}

static void call_argument(struct worker *w)
{
    l4_msgtag_t tag = l4_ipc_call((l4_cap_t)w->argument, l4_msgtag(0, 0, 0, 0), L4_NEVER);
    w->result = l4_msgtag_has_error(tag) ? l4_ipc_code() : 1000 + l4_msgtag_label(tag);
}

static void test_receiver_dies(void)
{
    static struct worker target, caller;
    gate = cap_new();
    CHECK(worker_start(&target, &own_task, busy, 110));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, target.cap, 0), 0);
    caller.argument = (void *)target.cap;
    CHECK(worker_start(&caller, &own_task, call_argument, 110));
    CHECK(!caller.done);
    CHECK_EQ(l4_cap_delete(target.cap), 0);
    CHECK(caller.done);
    CHECK_EQ(caller.result, L4_IPC_SECANCELED);
    CHECK(l4_msgtag_has_error(l4_ipc_call(gate, l4_msgtag(0, 0, 0, 0), L4_NEVER)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
    CHECK_EQ(((volatile struct l4_utcb *)target.utcb)->free_marker, 0);
}

static void test_gate_without_thread(void)
{
    static struct worker caller, w, late;
    l4_timeouts_t timeouts = l4_timeouts(MS20, 0);
    gate = cap_new();
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, 0, 0), 0);
    CHECK(l4_msgtag_has_error(l4_ipc_call(gate, l4_msgtag(0, 0, 0, 0), timeouts)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_SETIMEOUT);
    caller.argument = (void *)gate;
    CHECK(worker_start(&caller, &own_task, call_argument, 110));
    CHECK(!caller.done);
    CHECK(worker_start(&w, &own_task, server, 111));
    CHECK_EQ(l4_gate_bind(gate, w.cap, 0x550), 0);
    CHECK(caller.done);
    CHECK_EQ(caller.result, 1007);
    CHECK_EQ(seen_label, 0x550 | L4_CAP_W | L4_CAP_S);

    gate = cap_new();
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, 0, 0), 0);
    late.argument = (void *)gate;
    CHECK(worker_start(&late, &own_task, call_argument, 110));
    CHECK_EQ(l4_cap_delete(gate), 0);
    CHECK_EQ(late.result, L4_IPC_ENOT_EXISTENT);
}

static void test_cancel(void)
{
    static struct worker target, sender, receiver;
    CHECK(worker_start(&target, &own_task, busy, 110));
    sender.argument = (void *)target.cap;
    CHECK(worker_start(&sender, &own_task, call_argument, 110));
    CHECK_EQ(l4_thread_ex_regs(sender.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
    CHECK_EQ(sender.result, L4_IPC_SECANCELED);
    gate = cap_new();
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
    receiver.argument = (void *)gate;
    CHECK(worker_start(&receiver, &own_task, call_argument, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)));
    CHECK(!receiver.done);
    CHECK_EQ(l4_thread_ex_regs(receiver.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
    CHECK_EQ(receiver.result, L4_IPC_RECANCELED);
    /* It has aborted its call, so the reply slot is empty. */
    CHECK(l4_msgtag_has_error(l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
}

static void tick_along(struct worker *w)
{
    for (;;) {
        w->result++;
        arrived++;
    }
}

static void test_round_robin(void)
{
    static struct worker a, b;
    CHECK(worker_start(&a, &own_task, tick_along, 50));
    CHECK(worker_start(&b, &own_task, tick_along, 50));
    l4_sleep_us(60000);
    CHECK(a.result > 0);
    CHECK(b.result > 0);
}

static void test_protocols(void)
{
    struct l4_utcb *u = l4_utcb();
    static const struct {
        l4_cap_t cap;
        long protocol;
    } objects[] = {{L4_BASE_TASK_CAP, L4_PROTO_TASK},
                   {L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER},
                   {L4_BASE_LOG_CAP, L4_PROTO_LOG},
                   {L4_BASE_THREAD_CAP, L4_PROTO_THREAD},
                   {L4_BASE_ICU_CAP, L4_PROTO_IRQ}};
    for (unsigned i = 0; i < 5; i++) {
        u->mr[0] = 0x7e7e;
        u->mr[1] = 1;
        l4_msgtag_t tag = l4_msgtag(objects[i].protocol, 3, 0, 0);
        CHECK_EQ(l4_result(l4_ipc_call(objects[i].cap, tag, L4_NEVER)), -L4_ENOSYS);
        if (objects[i].protocol == L4_PROTO_THREAD)
            continue;
        tag = l4_msgtag(L4_PROTO_META, 1, 0, 0);
        CHECK_EQ(l4_result(l4_ipc_call(objects[i].cap, tag, L4_NEVER)), -L4_EBADPROTO);
    }
    CHECK_EQ(l4_msgtag_label(l4_ipc_receive(L4_BASE_TASK_CAP, L4_NEVER)), -L4_EBADPROTO);
    CHECK_EQ(l4_factory_create(L4_BASE_FACTORY_CAP, cap_new(), L4_PROTO_VM, 1), -L4_ENODEV);
}

const struct test ipc_tests[] = {
    {"ipc-call", test_call},
    {"ipc-rights-in-label", test_rights_in_label},
    {"ipc-63-words", test_63_words},
    {"ipc-thread-label", test_thread_label},
    {"ipc-r8-preserved", test_r8_preserved},
    {"ipc-timeouts", test_timeouts},
    {"ipc-absolute-timeout", test_absolute_timeout},
    {"ipc-empty-slot", test_empty_slot},
    {"ipc-send-only-tag", test_send_only_tag},
    {"ipc-queue-order", test_queue_order},
    {"ipc-closed-wait", test_closed_wait},
    {"ipc-self-send", test_self_send},
    {"ipc-receiver-dies", test_receiver_dies},
    {"ipc-gate-without-thread", test_gate_without_thread},
    {"ipc-cancel", test_cancel},
    {"ipc-round-robin", test_round_robin},
    {"ipc-protocols", test_protocols},
    {NULL, NULL},
};
