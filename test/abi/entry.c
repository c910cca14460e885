/* SPDX-License-Identifier: BSD-2-Clause */
/* The system call: registers, flags of the operation, whose message and whose answer (ABI 1, 2). */
#include "abi.h"

static l4_cap_t gate;
static uint64_t seen_label, seen_tag;

/* Waits once and keeps what came; answers with label 5. */
static void answer_once(struct worker *w)
{
    seen_tag = l4_ipc_wait(L4_INVALID_CAP, &seen_label, L4_NEVER).raw;
    w->result = (long)l4_utcb()->error;
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(5, 0, 0, 0), L4_BOTH_ZERO);
}

static bool answering(struct worker *w)
{
    gate = cap_new();
    return worker_start(w, &own_task, answer_once, MAIN_PRIORITY + 1)
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, w->cap, 0x40);
}

/* The OR of what has changed in the registers that must not, over a call of @cap. */
static uint64_t changed_by_call(l4_cap_t cap)
{
    uint64_t changed = 0, rax = 0;
    register uint64_t r8 __asm__("r8") = 0;
    __asm__ volatile(
        "lea -128(%%rsp), %%rsp\n\tpush %%rbx\n\tpush %%rbp\n\tmov $0x11, %%rbx\n\t"
        "mov $0x22, %%rbp\n\tmov $0x33, %%r9\n\t"
        "mov $0x44, %%r10\n\tmov $0x55, %%r12\n\tmov $0x66, %%r13\n\tmov $0x77, %%r14\n\t"
        "push %%rsp\n\tstd\n\tsyscall\n\tpushfq\n\tpop %%r11\n\tcld\n\t"
        "pop %%rcx\n\tsub %%rsp, %%rcx\n\txor $0x11, %%rbx\n\txor $0x22, %%rbp\n\t"
        "xor $0x33, %%r9\n\txor $0x44, %%r10\n\txor $0x55, %%r12\n\txor $0x66, %%r13\n\t"
        "xor $0x77, %%r14\n\tor %%rbx, %%rcx\n\tor %%rbp, %%rcx\n\tor %%r9, %%rcx\n\t"
        "or %%r10, %%rcx\n\tor %%r12, %%rcx\n\tor %%r13, %%rcx\n\tor %%r14, %%rcx\n\t"
        "or %%r8, %%rcx\n\tnot %%r11\n\tand $0x400, %%r11\n\tor %%r11, %%rcx\n\t"
        "pop %%rbp\n\tpop %%rbx\n\tlea 128(%%rsp), %%rsp"
        : "+a"(rax), "=&c"(changed), "+r"(r8), "+d"(cap)
        :
        : "rsi", "rdi", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    return changed;
}

static void test_registers(void)
{
    static struct worker w;
    uint16_t cs, ss;
    CHECK(answering(&w));
    l4_utcb()->user[0] = 0x1234;
    CHECK_EQ(changed_by_call(gate | L4_SYSF_CALL), 0);
    CHECK_EQ(l4_utcb()->user[0], 0x1234);
    CHECK_EQ(l4_utcb()->self, (uint64_t)l4_utcb());
    __asm__ volatile("mov %%cs, %0\n\tmov %%ss, %1" : "=r"(cs), "=r"(ss));
    CHECK_EQ(cs, 0x2b);
    CHECK_EQ(ss, 0x23);
}

static void test_no_flags(void)
{
    l4_msgtag_t tag = l4_msgtag(9, 2, 0, 0);
    CHECK_EQ(l4_invoke(L4_BASE_TASK_CAP, tag, NULL, L4_NEVER).raw, tag.raw);
}

static void call(struct worker *w)
{
    l4_msgtag_t tag = l4_ipc_call((l4_cap_t)w->argument, l4_msgtag(3, 0, 0, 0),
                                  l4_timeouts(0, l4_timeout_us(20000)));
    w->result = l4_msgtag_has_error(tag) ? -l4_ipc_code() : l4_msgtag_label(tag);
}

static bool called_by(struct worker *w)
{
    gate = cap_new();
    if (l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0x40))
        return false;
    w->argument = (void *)gate;
    return worker_start(w, &own_task, call, MAIN_PRIORITY + 1);
}

static void call_twice(struct worker *w)
{
    l4_ipc_call((l4_cap_t)w->argument, l4_msgtag(1, 0, 0, 0), L4_NEVER);
    l4_msgtag_t tag = l4_ipc_call((l4_cap_t)w->argument, l4_msgtag(2, 0, 0, 0), L4_NEVER);
    w->result = l4_msgtag_label(tag);
}

/* Send and wait; call the caller (0xb), who by then has called again. */
static void test_combined(void)
{
    static struct worker w;
    gate = cap_new();
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
    w.argument = (void *)gate;
    CHECK(worker_start(&w, &own_task, call_twice, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_msgtag_label(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)), 1);
    l4_msgtag_t tag = l4_invoke(L4_INVALID_CAP | 0xb, l4_msgtag(7, 0, 0, 0), NULL,
                                l4_timeouts(L4_TIMEOUT_ZERO, l4_timeout_us(20000)));
    CHECK_EQ(tag.raw, l4_msgtag(2, 0, 0, 0).raw);
    /* That wait was closed, so the second call is in no reply slot; send to the thread. */
    CHECK(l4_msgtag_has_error(l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(8, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
    tag = l4_invoke(w.cap | L4_SYSF_SEND_AND_WAIT, l4_msgtag(9, 0, 0, 0), NULL, L4_BOTH_ZERO);
    CHECK(l4_msgtag_has_error(tag));
    CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
    CHECK_EQ(w.result, 9);
}

/* For a gate the thread it is bound to; for objects that send nothing until the time is up. */
static void test_closed_waits(void)
{
    static struct worker w;
    l4_cap_t to_it = cap_new(), semaphore = cap_new();
    CHECK(called_by(&w));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, to_it, w.cap, 0), 0);
    CHECK_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, semaphore), 0);
    CHECK(l4_msgtag_has_error(l4_ipc_receive(semaphore, L4_RECV_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
    CHECK_EQ(l4_msgtag_label(l4_ipc_receive(to_it, L4_RECV_ZERO)), 3);
    CHECK(l4_msgtag_has_error(l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(1, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
    CHECK(!l4_msgtag_has_error(l4_ipc_send(to_it, l4_msgtag(4, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(w.result, 4);
}

/* L4_INVALID_CAP is the thread itself, with W and S. */
static void test_self(void)
{
    struct l4_thread_control nothing = {0};
    CHECK_EQ(l4_thread_control(L4_INVALID_CAP, &nothing), 0);
    CHECK_EQ(l4_utcb()->mr[1], L4_BASE_PAGER_CAP);
    CHECK_EQ(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_INVALID_CAP, 10), -L4_EINVAL);
}

static void test_caller_gives_up(void)
{
    static struct worker w;
    CHECK(called_by(&w));
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)));
    l4_sleep_us(40000);
    CHECK_EQ(w.result, -L4_IPC_RETIMEOUT);
    CHECK(l4_msgtag_has_error(l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
}

static void wait_and_stay(struct worker *w)
{
    l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    w->result = 1;
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

/* The death of a server does not wake who waits for its answer; the time-out does. */
static void test_server_dies(void)
{
    static struct worker server, client;
    CHECK(worker_start(&server, &own_task, wait_and_stay, MAIN_PRIORITY + 1));
    client.argument = (void *)server.cap;
    CHECK(worker_start(&client, &own_task, call, MAIN_PRIORITY + 1));
    CHECK_EQ(server.result, 1);
    CHECK_EQ(l4_cap_delete(server.cap), 0);
    CHECK(!client.done);
    l4_sleep_us(40000);
    CHECK_EQ(client.result, -L4_IPC_RETIMEOUT);
}

static void hold_slot(struct worker *w)
{
    l4_ipc_wait(l4_reply_cap(5), NULL, L4_NEVER);
    w->result = 1;
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

static void use_slot(struct worker *w)
{
    l4_ipc_reply(l4_reply_cap(5), l4_msgtag(1, 0, 0, 0), L4_BOTH_ZERO);
    w->result = l4_ipc_code();
}

/* The explicit slots of a task are empty once its last thread has gone. */
static void test_last_thread(void)
{
    static struct abi_task child;
    static struct worker first, second, caller;
    CHECK(task_new(&child));
    CHECK(worker_start(&first, &child, hold_slot, MAIN_PRIORITY + 1));
    gate = cap_new();
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, first.cap, 0), 0);
    caller.argument = (void *)gate;
    CHECK(worker_start(&caller, &own_task, call, MAIN_PRIORITY + 1));
    CHECK_EQ(first.result, 1);
    CHECK_EQ(l4_cap_delete(first.cap), 0);
    CHECK(worker_start(&second, &child, use_slot, MAIN_PRIORITY + 1));
    CHECK_EQ(second.result, L4_IPC_ENOT_EXISTENT);
    CHECK(!caller.done);
}

/* Flags go along, but for the error bit, and bit 0x4000 does nothing. */
static void test_tag_flags(void)
{
    static struct worker w;
    CHECK(answering(&w));
    l4_msgtag_t tag = l4_msgtag(-21, 1, 0, L4_MSGTAG_SCHEDULE | L4_MSGTAG_PROPAGATE);
    CHECK_EQ(l4_result(l4_ipc_call(gate, tag, L4_NEVER)), 5);
    CHECK_EQ(seen_tag, tag.raw);
    CHECK_EQ(seen_label, 0x40 | L4_CAP_W | L4_CAP_S);
}

/* Kernel objects answer whatever the time-outs, and say nothing without a receive phase. */
static void test_kernel_objects(void)
{
    uint64_t *mr = l4_utcb()->mr;
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_SCHEDULER, 2, 0, 0);
    mr[0] = L4_SCHED_INFO;
    mr[1] = 0;
    CHECK_EQ(l4_result(l4_ipc_call(L4_BASE_SCHEDULER_CAP, tag, L4_BOTH_ZERO)), 0);
    mr[0] = L4_SCHED_INFO;
    mr[1] = 0xffffff;
    mr[2] = 0x77;
    CHECK_EQ(l4_ipc_send(L4_BASE_SCHEDULER_CAP, tag, L4_NEVER).raw, tag.raw);
    CHECK_EQ(mr[2], 0x77);
}

static void test_gate_to_self(void)
{
    gate = cap_new();
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
    l4_timeouts_t timeouts = l4_timeouts(l4_timeout_us(3000), 0);
    CHECK(l4_msgtag_has_error(l4_ipc_call(gate, l4_msgtag(0, 0, 0, 0), timeouts)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_SETIMEOUT);
}

/* A mantissa of 0 is over at once; an absolute time beyond the BRs is in the last of them. */
static void test_timeout_forms(void)
{
    struct l4_utcb *u = l4_utcb();
    uint64_t start = l4_clock_us(test_kip());
    for (unsigned e = 1; e < 32; e += 6)
        CHECK(l4_msgtag_has_error(
            l4_ipc_receive(L4_INVALID_CAP, l4_timeouts(0, (l4_timeout_t)(e << 10)))));
    CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
    CHECK(l4_clock_us(test_kip()) - start < 100000);
    u->br[57] = l4_clock_us(test_kip()) + 6000;
    uint64_t until = u->br[57];
    CHECK(l4_msgtag_has_error(l4_ipc_receive(L4_INVALID_CAP, l4_timeouts(0, 0x803f))));
    CHECK(l4_clock_us(test_kip()) >= until);
    u->br[57] = 0;
}

/* The first and the last slot are slots like others. */
static void test_slots(void)
{
    static const uint64_t indices[] = {0, L4_CAP_SLOTS - 1};
    for (unsigned i = 0; i < 2; i++) {
        l4_cap_t slot = l4_cap(indices[i]);
        CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, L4_BASE_SCHEDULER_CAP, slot, L4_CAP_RWS), 0);
        bool valid = l4_cap_valid(slot);
        l4_utcb()->mr[0] = L4_SCHED_INFO;
        l4_utcb()->mr[1] = 0;
        l4_msgtag_t tag = l4_msgtag(L4_PROTO_SCHEDULER, 2, 0, 0);
        long result = l4_result(l4_ipc_call(slot, tag, L4_NEVER));
        l4_cap_release(slot);
        CHECK(valid);
        CHECK_EQ(result, 0);
    }
}

/* What the kernel gives the root task (2.2), all rights with it. */
static void test_first_slots(void)
{
    static const l4_cap_t full[] = {L4_BASE_TASK_CAP, L4_BASE_FACTORY_CAP, L4_BASE_THREAD_CAP,
                                    L4_BASE_PAGER_CAP, L4_BASE_LOG_CAP, L4_BASE_ICU_CAP,
                                    L4_BASE_SCHEDULER_CAP};
    for (unsigned i = 0; i < sizeof full / sizeof full[0]; i++) {
        l4_cap_t copy = cap_new();
        CHECK(l4_cap_valid(full[i]));
        CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, full[i], copy, L4_CAP_RWS), 0);
        CHECK(l4_cap_equal(full[i], copy));
        l4_cap_release(copy);
        CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, full[i], copy, L4_CAP_RW), 0);
        CHECK(!l4_cap_equal(full[i], copy)); /* it had S */
        l4_cap_release(copy);
    }
    CHECK(!l4_cap_valid(l4_cap(9)));
    CHECK(!l4_cap_valid(l4_cap(11)));
}

extern uint64_t start_registers;

/* 11.2: all registers of the first thread are zero. */
static void test_first_registers(void)
{
    CHECK_EQ(start_registers, 0);
}

const struct test entry_tests[] = {
    {"entry-registers", test_registers},
    {"entry-no-flags", test_no_flags},
    {"entry-combined", test_combined},
    {"entry-closed-waits", test_closed_waits},
    {"entry-self", test_self},
    {"entry-caller-gives-up", test_caller_gives_up},
    {"entry-server-dies", test_server_dies},
    {"entry-last-thread", test_last_thread},
    {"entry-tag-flags", test_tag_flags},
    {"entry-kernel-objects", test_kernel_objects},
    {"entry-gate-to-self", test_gate_to_self},
    {"entry-timeout-forms", test_timeout_forms},
    {"entry-slots", test_slots},
    {"entry-first-slots", test_first_slots},
    {"entry-first-registers", test_first_registers},
    {NULL, NULL},
};
