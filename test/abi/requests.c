/* SPDX-License-Identifier: BSD-2-Clause */
/* What other files leave of the requests to kernel objects and their errors (ABI 7.1 to 7.9). */
#include "abi.h"

static struct worker w;

static long ask(l4_cap_t object, long protocol, unsigned words)
{
    return l4_result(l4_ipc_call(object, l4_msgtag(protocol, words, 0, 0), L4_NEVER));
}

static long ask_op(l4_cap_t object, long protocol, uint64_t op)
{
    l4_utcb()->mr[0] = op;
    return ask(object, protocol, 1);
}

/* A request with one capability behind its words. */
static long ask_with(l4_cap_t object, long protocol, unsigned words, l4_cap_t item)
{
    l4_put_cap(words, item);
    return l4_result(l4_ipc_call(object, l4_msgtag(protocol, words, 1, 0), L4_NEVER));
}

static l4_cap_t weaker(l4_cap_t cap, unsigned rights)
{
    l4_cap_t copy = cap_new();
    l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_fpage_obj(cap, 0, rights),
                copy | L4_ITEM_SERVER);
    return copy;
}

static void wait_for_ever(struct worker *self)
{
    (void)self;
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

static bool sleeping_thread(void)
{
    return worker_start(&w, &own_task, wait_for_ever, MAIN_PRIORITY + 1);
}

/* --- factory --- */

static void test_create_reply(void)
{
    struct l4_utcb *u = l4_utcb();
    l4_fpage_t ku_mem = l4_fpage_mem(0x70000000, 12, L4_FPAGE_RW);
    u->mr[0] = (uint64_t)L4_PROTO_TASK;
    u->mr[1] = L4_ARG_FPAGE;
    u->mr[2] = ku_mem.raw;
    l4_receive_cap(cap_new());
    l4_msgtag_t tag = l4_ipc_call(L4_BASE_FACTORY_CAP, l4_msgtag(L4_PROTO_FACTORY, 3, 0, 0),
                                  L4_NEVER);
    CHECK_EQ(tag.raw, l4_msgtag(0, 1, 1, 0).raw);
    CHECK_EQ(u->mr[0], ku_mem.raw);
    CHECK_EQ(u->mr[1], 0x38);
    u->mr[0] = (uint64_t)L4_PROTO_SEMAPHORE;
    l4_receive_cap(cap_new());
    tag = l4_ipc_call(L4_BASE_FACTORY_CAP, l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0), L4_NEVER);
    CHECK_EQ(tag.raw, l4_msgtag(0, 0, 1, 0).raw);
    CHECK_EQ(u->mr[0], 0x38);
}

static void test_create_rights(void)
{
    l4_cap_t target = cap_new(), factory = weaker(L4_BASE_FACTORY_CAP, L4_CAP_RW);
    CHECK_EQ(l4_factory_create_irq(factory, target), -L4_EPERM);
    l4_utcb()->mr[0] = (uint64_t)L4_PROTO_IRQ_SENDER;
    l4_receive_cap(target);
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0);
    CHECK_EQ(l4_ipc_send(L4_BASE_FACTORY_CAP, tag, L4_NEVER).raw, tag.raw);
    CHECK(!l4_cap_valid(target)); /* without a receive phase nothing is made */
}

static void test_create_kinds(void)
{
    struct l4_utcb *u = l4_utcb();
    l4_cap_t gate = cap_new();
    u->mr[1] = L4_ARG_UNSIGNED;
    u->mr[2] = 0x40;
    CHECK_EQ(l4_factory_create(L4_BASE_FACTORY_CAP, gate, L4_PROTO_KOBJECT, 3), 0);
    CHECK_EQ(ask_op(gate, L4_PROTO_KOBJECT, L4_GATE_INFO), 0); /* a gate */
    CHECK_EQ(l4_factory_create(L4_BASE_FACTORY_CAP, cap_new(), L4_PROTO_THREAD_GROUP, 1),
             -L4_ENODEV);
    static const unsigned orders[] = {11, 18};
    for (unsigned i = 0; i < 2; i++)
        CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, cap_new(),
                                        l4_fpage_mem(0x70000000, orders[i], L4_FPAGE_RW)),
                 -L4_EINVAL);
    /* Kinds that a kernel may have or not. */
    static const long maybe[] = {L4_PROTO_VM, L4_PROTO_DMA_SPACE, L4_PROTO_VCPU_CONTEXT};
    for (unsigned i = 0; i < 3; i++) {
        long result = l4_factory_create(L4_BASE_FACTORY_CAP, cap_new(), maybe[i], 1);
        CHECK(result == 0 || result == -L4_ENODEV);
    }
}

/* --- thread --- */

static void test_thread_errors(void)
{
    uint64_t *mr = l4_utcb()->mr;
    CHECK(sleeping_thread());
    mr[0] = L4_THREAD_CONTROL;
    CHECK(ask(w.cap, L4_PROTO_THREAD, 5) < 0); /* six words */
    mr[0] = L4_THREAD_EX_REGS;
    CHECK_EQ(ask(w.cap, L4_PROTO_THREAD, 2), -L4_EINVAL);
    mr[0] = L4_THREAD_EX_REGS;
    CHECK_EQ(ask(w.cap, L4_PROTO_THREAD, 4), -L4_EINVAL);
    mr[0] = L4_THREAD_SEG_BASE | 2 << 16;
    mr[1] = 0;
    CHECK(ask(w.cap, L4_PROTO_THREAD, 2) < 0); /* neither fs nor gs */
    mr[0] = L4_THREAD_DOORBELL;
    CHECK_EQ(ask_with(w.cap, L4_PROTO_THREAD, 1, L4_BASE_LOG_CAP), -L4_ENOSYS);
    l4_cap_t irq = cap_new();
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_thread_register_del_irq(w.cap, weaker(irq, L4_CAP_R | L4_CAP_S)), -L4_EPERM);
    CHECK_EQ(l4_thread_register_del_irq(w.cap, L4_BASE_LOG_CAP), -L4_EINVAL);
}

static void test_bind_errors(void)
{
    l4_cap_t thread = cap_new(), task = cap_new();
    CHECK_EQ(l4_factory_create_thread(L4_BASE_FACTORY_CAP, thread), 0);
    CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, task,
                                    l4_fpage_mem(0x70000000, 12, L4_FPAGE_RW)), 0);
    struct l4_thread_control c = {0, 0, task, 0x70000004};
    CHECK_EQ(l4_thread_control(thread, &c), -L4_EINVAL); /* not aligned */
    c.utcb = 0x70000c08;
    CHECK_EQ(l4_thread_control(thread, &c), -L4_EINVAL); /* not within ku_mem */
    c.utcb = 0x70000c00;
    c.task = weaker(task, L4_CAP_RW);
    CHECK_EQ(l4_thread_control(thread, &c), -L4_EPERM);
    c.task = L4_BASE_LOG_CAP;
    CHECK_EQ(l4_thread_control(thread, &c), -L4_EINVAL);
    c.task = task;
    CHECK_EQ(l4_thread_control(thread, &c), 0);
}

/* Descriptor tables are a kernel's to have or not (-38). */
static void test_descriptor_tables(void)
{
    uint64_t *mr = l4_utcb()->mr;
    long result = ask_op(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, L4_THREAD_GDT);
    CHECK(result == -L4_ENOSYS || (result == 0 && mr[0] == 0x0b));
    mr[0] = L4_TASK_LDT;
    mr[1] = 0;
    mr[2] = 0x00c0f2000000ffff;
    result = ask(L4_BASE_TASK_CAP, L4_PROTO_TASK, 3);
    CHECK(result == -L4_ENOSYS || result == 0);
}

/* It is ready when it has been bound, scheduled and started, in whatever order. */
static void test_start_order(void)
{
    CHECK(worker_create(&w, &own_task));
    CHECK_EQ(l4_thread_ex_regs(w.cap, worker_entry(), worker_stack(&w, wait_for_ever), 0), 0);
    CHECK(l4_msgtag_has_error(l4_ipc_send(w.cap, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, w.cap, MAIN_PRIORITY + 1), 0);
    l4_utcb()->mr[0] = L4_THREAD_EX_REGS; /* it has run: it is in its system call */
    l4_utcb()->mr[1] = l4_utcb()->mr[2] = ~0ull;
    CHECK_EQ(ask(w.cap, L4_PROTO_THREAD, 3), 0);
    CHECK(l4_utcb()->mr[1] != worker_entry());
    CHECK_EQ(l4_utcb()->mr[0] & 0x200, 0x200);
}

/* A thread ends with its last capability. */
static void test_last_capability(void)
{
    CHECK(sleeping_thread());
    volatile struct l4_utcb *u = (struct l4_utcb *)w.utcb;
    u->free_marker = 1;
    l4_cap_t copy = weaker(w.cap, L4_CAP_RWS);
    CHECK_EQ(l4_cap_release(w.cap), 0);
    CHECK_EQ(u->free_marker, 1);
    CHECK_EQ(l4_cap_release(copy), 0);
    CHECK_EQ(u->free_marker, 0);
}

/* --- gate --- */

static void test_gate_errors(void)
{
    l4_cap_t gate = cap_new();
    CHECK(sleeping_thread());
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, 0, 0), 0);
    CHECK_EQ(l4_gate_bind(weaker(gate, L4_CAP_RW), w.cap, 0), -L4_EPERM);
    CHECK_EQ(ask_op(gate, L4_PROTO_KOBJECT, 0x7f), -L4_ENOSYS);
    /* A copy of a copy has no more than that: the server right is gone for good. */
    l4_cap_t plain = cap_new(), again = cap_new();
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, gate, plain, L4_CAP_RWS), 0);
    CHECK_EQ(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_fpage_obj(plain, 0, L4_CAP_RWS),
                         again | L4_ITEM_SERVER), 0);
    l4_utcb()->mr[0] = L4_GATE_INFO; /* ordinary IPC, to nobody */
    CHECK(l4_msgtag_has_error(l4_ipc_call(again, l4_msgtag(L4_PROTO_KOBJECT, 1, 0, 0),
                                          L4_BOTH_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_SETIMEOUT);
}

/* --- IRQ --- */

static void test_irq_errors(void)
{
    struct l4_utcb *u = l4_utcb();
    l4_cap_t irq = cap_new();
    uint64_t label = 0;
    CHECK(sleeping_thread());
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_irq_bind(irq, weaker(w.cap, L4_CAP_RW), 1), -L4_EPERM);
    CHECK_EQ(l4_irq_bind(weaker(irq, L4_CAP_RW), w.cap, 1), -L4_EPERM);
    CHECK_EQ(l4_irq_detach(weaker(irq, L4_CAP_RW)), -L4_EPERM);
    CHECK_EQ(ask_op(irq, L4_PROTO_IRQ_SENDER, 0), -L4_ENOSYS); /* there is no chaining */
    u->mr[0] = L4_IRQ_SENDER_BIND_VCPU;
    u->mr[1] = 0;
    CHECK_EQ(ask_with(irq, L4_PROTO_IRQ_SENDER, 2, w.cap), -L4_ENOSYS);
    CHECK_EQ(ask_op(irq, 77, 0), -L4_EBADPROTO);
    CHECK_EQ(l4_irq_bind(irq, L4_BASE_THREAD_CAP, 0x11), 0);
    CHECK_EQ(l4_irq_bind(irq, L4_BASE_THREAD_CAP, 0x12), 0); /* the label changes */
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_IRQ, 0, 0, 0);
    CHECK_EQ(l4_ipc_send(irq, tag, L4_NEVER).raw, tag.raw); /* no words: a trigger */
    CHECK_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO).raw, 0);
    CHECK_EQ(label, 0x12);
    u->mr[0] = L4_IRQ_TRIGGER; /* no reply: the receive phase is a wait, for this very message */
    tag = l4_invoke(irq | L4_SYSF_CALL, l4_msgtag(L4_PROTO_IRQ, 1, 0, 0), &label, L4_RECV_ZERO);
    CHECK_EQ(tag.raw, 0);
}

/* --- ICU --- */

static void test_icu_operations(void)
{
    struct l4_utcb *u = l4_utcb();
    l4_cap_t irq = cap_new();
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 5, weaker(irq, L4_CAP_R | L4_CAP_S)), -L4_EPERM);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 5, irq), 0);
    static const unsigned modes[] = {0x1, 0x3, 0x7, 0x5};
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(l4_icu_set_mode(L4_BASE_ICU_CAP, 5, modes[i]), 0);
    for (unsigned op = L4_ICU_UNMASK; op <= L4_ICU_MASK; op++) { /* no reply */
        u->mr[0] = op;
        u->mr[1] = 5;
        l4_msgtag_t tag = l4_ipc_call(L4_BASE_ICU_CAP, l4_msgtag(L4_PROTO_IRQ, 2, 0, 0),
                                      L4_RECV_ZERO);
        CHECK(l4_msgtag_has_error(tag));
        CHECK_EQ(l4_ipc_code(), L4_IPC_RETIMEOUT);
    }
    u->mr[0] = L4_ICU_UNBIND;
    u->mr[1] = 5;
    CHECK_EQ(ask_with(L4_BASE_ICU_CAP, L4_PROTO_IRQ, 2, irq), 0);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 5, irq), 0);
    CHECK_EQ(ask_op(L4_BASE_ICU_CAP, L4_PROTO_IRQ, L4_ICU_INFO), 0);
    bool msi = u->mr[0] & 0x80000000;
    u->mr[0] = L4_ICU_MSI_INFO;
    u->mr[1] = 0x80000000 | 0xffff;
    u->mr[2] = 0;
    CHECK_EQ(ask(L4_BASE_ICU_CAP, L4_PROTO_IRQ, 3), msi ? -L4_EINVAL : -L4_ERANGE);
    u->mr[0] = 0x77;
    u->mr[1] = 5;
    CHECK_EQ(ask(L4_BASE_ICU_CAP, L4_PROTO_IRQ, 2), -L4_ENOSYS);
}

/* --- scheduler, semaphore, log --- */

static void test_priorities(void)
{
    struct l4_utcb *u = l4_utcb();
    CHECK(sleeping_thread());
    CHECK_EQ(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, w.cap, 1000), 0); /* capped */
    u->mr[0] = L4_SCHED_RUN_THREAD;
    u->mr[1] = 0xff000000;
    u->mr[2] = 1;
    u->mr[3] = (uint64_t)-1; /* the class of fixed priorities */
    u->mr[4] = 24;
    u->mr[5] = 0;
    u->mr[6] = 3;
    CHECK_EQ(ask_with(L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER, 7, w.cap), 0);
    u->mr[0] = L4_SCHED_RUN_THREAD;
    CHECK(ask_with(L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER, 3, w.cap) < 0);
}

static void down(struct worker *self)
{
    self->result = l4_semaphore_down((l4_cap_t)self->argument, L4_TIMEOUT_NEVER);
}

static void test_semaphore_errors(void)
{
    l4_cap_t semaphore = cap_new();
    CHECK_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, semaphore), 0);
    w.argument = (void *)semaphore;
    CHECK(worker_start(&w, &own_task, down, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_thread_ex_regs(w.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
    CHECK_EQ(w.result, -(L4_EIPC + L4_IPC_RECANCELED));
    CHECK_EQ(ask_op(semaphore, L4_PROTO_SEMAPHORE, 9), -L4_ENOSYS);
    CHECK_EQ(ask_op(semaphore, 77, 0), -L4_EBADPROTO);
    l4_semaphore_up(weaker(semaphore, L4_CAP_R)); /* that needs no right */
    CHECK_EQ(l4_semaphore_down(semaphore, L4_TIMEOUT_ZERO), 0);
}

static void test_log_rights(void)
{
    struct l4_utcb *u = l4_utcb();
    CHECK_EQ(ask_op(weaker(L4_BASE_LOG_CAP, L4_CAP_R), L4_PROTO_LOG, L4_LOG_READ | 8 << 16),
             -L4_EPERM);
    u->mr[0] = L4_LOG_READ | 8 << 16;
    l4_msgtag_t tag = l4_ipc_call(L4_BASE_LOG_CAP, l4_msgtag(L4_PROTO_LOG, 1, 0, 0), L4_NEVER);
    CHECK_EQ(l4_msgtag_words(tag), 0); /* though there are some */
    CHECK_EQ(ask_op(L4_BASE_LOG_CAP, L4_PROTO_LOG, 0x77), -L4_ENOSYS);
    CHECK_EQ(ask_op(L4_BASE_LOG_CAP, 77, 0), -L4_EBADPROTO);
}

/* What all objects say to a request that is too short, or whose item is no capability. */
static void test_short_requests(void)
{
    static const struct {
        l4_cap_t cap;
        long protocol;
    } objects[] = {{L4_BASE_TASK_CAP, L4_PROTO_TASK}, {L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER},
                   {L4_BASE_THREAD_CAP, L4_PROTO_THREAD}, {L4_BASE_FACTORY_CAP, L4_PROTO_FACTORY},
                   {L4_BASE_ICU_CAP, L4_PROTO_IRQ}, {L4_BASE_LOG_CAP, L4_PROTO_LOG}};
    for (unsigned i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        l4_receive_cap(cap_new());
        long result = ask(objects[i].cap, objects[i].protocol, 0);
        CHECK(result == -L4_EMSGTOOSHORT || result == -L4_EINVAL);
    }
    uint64_t *mr = l4_utcb()->mr;
    mr[0] = L4_TASK_MAP;
    mr[1] = L4_ITEM_MAP;
    mr[2] = l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RW).raw;
    CHECK_EQ(ask_with(L4_BASE_TASK_CAP, L4_PROTO_TASK, 3, L4_BASE_LOG_CAP), -L4_EINVAL);
    mr[0] = L4_TASK_MAP;
    l4_put_item(3, 0, l4_fpage_io(0, 0, L4_FPAGE_RW));
    l4_msgtag_t tag = l4_ipc_call(L4_BASE_TASK_CAP, l4_msgtag(L4_PROTO_TASK, 3, 1, 0), L4_NEVER);
    CHECK_EQ(tag.raw, L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_SEMSGCUT);
}

const struct test request_tests[] = {
    {"request-create-reply", test_create_reply},
    {"request-create-rights", test_create_rights},
    {"request-create-kinds", test_create_kinds},
    {"request-thread-errors", test_thread_errors},
    {"request-bind-errors", test_bind_errors},
    {"request-descriptor-tables", test_descriptor_tables},
    {"request-start-order", test_start_order},
    {"request-last-capability", test_last_capability},
    {"request-gate-errors", test_gate_errors},
    {"request-irq-errors", test_irq_errors},
    {"request-icu-operations", test_icu_operations},
    {"request-priorities", test_priorities},
    {"request-semaphore-errors", test_semaphore_errors},
    {"request-log-rights", test_log_rights},
    {"request-short", test_short_requests},
    {NULL, NULL},
};
