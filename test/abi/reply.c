/* SPDX-License-Identifier: BSD-2-Clause */
/* Implicit and explicit reply slots (ABI 1.3, 2.4). */
#include "abi.h"

static l4_cap_t gate;

static void call(struct worker *w)
{
    l4_utcb()->mr[0] = (uint64_t)w->argument;
    l4_msgtag_t tag = l4_ipc_call(gate, l4_msgtag(0, 1, 0, 0), L4_NEVER);
    w->result = l4_msgtag_has_error(tag) ? -l4_ipc_code() : l4_msgtag_label(tag);
}

static bool own_gate(void)
{
    gate = cap_new();
    return !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0);
}

static long answer(l4_cap_t slot, long label)
{
    l4_msgtag_t tag = l4_ipc_reply(slot, l4_msgtag(label, 0, 0, 0), L4_BOTH_ZERO);
    return l4_msgtag_has_error(tag) ? -l4_ipc_code() : 0;
}

static void test_implicit_overwritten(void)
{
    static struct worker a, b;
    CHECK(own_gate());
    CHECK(worker_start(&a, &own_task, call, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)));
    CHECK(worker_start(&b, &own_task, call, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)));
    CHECK_EQ(answer(L4_INVALID_CAP, 5), 0);
    CHECK_EQ(b.result, 5);
    CHECK(!a.done);
    CHECK_EQ(answer(L4_INVALID_CAP, 6), -L4_IPC_ENOT_EXISTENT);
}

static void test_out_of_order(void)
{
    static struct worker w[3];
    CHECK(own_gate());
    for (long i = 0; i < 3; i++) {
        w[i].argument = (void *)i;
        CHECK(worker_start(&w[i], &own_task, call, 110));
        CHECK(!l4_msgtag_has_error(
            l4_ipc_wait(l4_reply_cap((uint64_t)i * 0x1ffff), NULL, L4_RECV_ZERO)));
        CHECK_EQ(l4_utcb()->mr[0], i);
    }
    CHECK_EQ(answer(l4_reply_cap(0x1ffff), 21), 0);
    CHECK_EQ(answer(l4_reply_cap(2 * 0x1ffff), 22), 0);
    CHECK_EQ(answer(l4_reply_cap(0), 20), 0);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(w[i].result, 20 + i);
    CHECK_EQ(answer(l4_reply_cap(0), 20), -L4_IPC_ENOT_EXISTENT);
    CHECK_EQ(answer(l4_reply_cap(77), 20), -L4_IPC_ENOT_EXISTENT);
}

static void test_reply_and_wait(void)
{
    static struct worker a, b;
    CHECK(own_gate());
    CHECK(worker_start(&a, &own_task, call, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(l4_reply_cap(3), NULL, L4_RECV_ZERO)));
    CHECK(worker_start(&b, &own_task, call, 110));
    l4_msgtag_t tag = l4_ipc_reply_and_wait(l4_reply_cap(3), l4_msgtag(8, 0, 0, 0), NULL,
                                            L4_BOTH_ZERO);
    CHECK(!l4_msgtag_has_error(tag));
    CHECK_EQ(a.result, 8);
    CHECK_EQ(answer(l4_reply_cap(3), 9), 0);
    CHECK_EQ(b.result, 9);
}

static void test_unusable_slot(void)
{
    CHECK(l4_msgtag_has_error(l4_ipc_wait(l4_reply_cap(L4_REPLY_SLOTS), NULL, L4_RECV_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_NO_REPLY_CAP);
    CHECK_EQ(answer(l4_reply_cap(L4_REPLY_SLOTS), 1), -L4_IPC_ENOT_EXISTENT);
    CHECK(l4_msgtag_has_error(
        l4_ipc_wait(L4_INVALID_REPLY_CAP, NULL, L4_RECV_ZERO))); /* the implicit one */
    CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
}

static void answer_slot_9(struct worker *w)
{
    w->result = answer(l4_reply_cap(9), 33);
}

static void test_other_thread_replies(void)
{
    static struct worker a, helper;
    CHECK(own_gate());
    CHECK(worker_start(&a, &own_task, call, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(l4_reply_cap(9), NULL, L4_RECV_ZERO)));
    CHECK(worker_start(&helper, &own_task, answer_slot_9, 110));
    CHECK_EQ(helper.result, 0);
    CHECK_EQ(a.result, 33);
}

static void test_caller_dies(void)
{
    static struct worker a;
    CHECK(own_gate());
    CHECK(worker_start(&a, &own_task, call, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(l4_reply_cap(4), NULL, L4_RECV_ZERO)));
    CHECK_EQ(l4_cap_delete(a.cap), 0);
    CHECK_EQ(answer(l4_reply_cap(4), 1), -L4_IPC_ENOT_EXISTENT);
}

static void test_send_empties_slot(void)
{
    static struct worker a;
    CHECK(own_gate());
    CHECK(worker_start(&a, &own_task, call, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(l4_reply_cap(4), NULL, L4_RECV_ZERO)));
    CHECK(!l4_msgtag_has_error(l4_ipc_send(a.cap, l4_msgtag(44, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(a.result, 44);
    CHECK_EQ(answer(l4_reply_cap(4), 1), -L4_IPC_ENOT_EXISTENT);
}

static void send_only(struct worker *w)
{
    w->result = send_words(gate, 1);
}

static void test_send_is_no_call(void)
{
    static struct worker a, b;
    CHECK(own_gate());
    CHECK(worker_start(&a, &own_task, call, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)));
    CHECK(worker_start(&b, &own_task, send_only, 110));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)));
    CHECK_EQ(answer(L4_INVALID_CAP, 3), 0); /* the call before it is still there */
    CHECK_EQ(a.result, 3);
}

const struct test reply_tests[] = {
    {"reply-implicit-overwritten", test_implicit_overwritten},
    {"reply-out-of-order", test_out_of_order},
    {"reply-and-wait-slot", test_reply_and_wait},
    {"reply-unusable-slot", test_unusable_slot},
    {"reply-other-thread", test_other_thread_replies},
    {"reply-caller-dies", test_caller_dies},
    {"reply-send-empties-slot", test_send_empties_slot},
    {"reply-send-is-no-call", test_send_is_no_call},
    {NULL, NULL},
};
