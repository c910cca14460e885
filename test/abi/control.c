/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests about threads, tasks, scheduler, log and platform (ABI 7.1 to 7.9). */
#include "abi.h"

static struct worker w;
static struct abi_task child;

/* The result label of a request with its words in the MRs already. */
static long ask(l4_cap_t object, long protocol, unsigned words)
{
    return l4_result(l4_ipc_call(object, l4_msgtag(protocol, words, 0, 0), L4_NEVER));
}

static long ask_op(l4_cap_t object, long protocol, uint64_t op)
{
    l4_utcb()->mr[0] = op;
    return ask(object, protocol, 1);
}

static void send_once(struct worker *self)
{
    self->result = send_words((l4_cap_t)self->argument, 1);
}

static void test_modify_senders(void)
{
    static struct worker senders[3];
    uint64_t labels[3] = {0x1000, 0x2000, 0x3000}, label = 0;
    for (unsigned i = 0; i < 3; i++) {
        l4_cap_t gate = cap_new();
        CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, labels[i]),
                 0);
        senders[i].argument = (void *)gate;
        CHECK(worker_start(&senders[i], &own_task, send_once, MAIN_PRIORITY + 1));
    }
    const uint64_t request[] = {L4_THREAD_MODIFY_SENDERS, 0xf000, 0x1000, 0xf000, 0x9000,
                                0xf000, 0x2000, 0, 0x80, 0xf000, 0x9000, 0xf000, 0x4000};
    __builtin_memcpy(l4_utcb()->mr, request, sizeof request);
    CHECK_EQ(ask(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, 13), 0);
    const uint64_t expected[] = {0x9000, 0x2080, 0x3000}; /* the first match decides */
    for (unsigned i = 0; i < 3; i++) {
        CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO)));
        CHECK_EQ(label & ~3ull, expected[i]);
    }
}

static void test_modify_irq(void)
{
    l4_cap_t irq = cap_new();
    uint64_t label = 0;
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_irq_bind(irq, L4_BASE_THREAD_CAP, 0x777), 0);
    l4_irq_trigger(irq);
    const uint64_t request[] = {L4_THREAD_MODIFY_SENDERS, ~0ull, 0x777, ~0ull, 0x55};
    __builtin_memcpy(l4_utcb()->mr, request, sizeof request);
    CHECK_EQ(ask(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, 5), 0);
    CHECK(!l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO)));
    CHECK_EQ(label, 0x55);
}

static void test_thread_requests(void)
{
    uint64_t *mr = l4_utcb()->mr;
    CHECK_EQ(ask_op(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, L4_THREAD_STATS), 0);
    CHECK_EQ(ask_op(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, L4_THREAD_SWITCH), 0);
    CHECK_EQ(ask_op(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, 0x3f), -L4_ENOSYS);
    CHECK_EQ(ask_op(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, L4_THREAD_SEG_INFO), 0);
    CHECK(mr[0] == 0x23 && mr[1] == 0x2b && mr[2] == 0x1b);
    mr[1] = 0x800000000000; /* not canonical */
    mr[0] = L4_THREAD_SEG_BASE;
    CHECK_EQ(ask(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, 2), -L4_EINVAL);
    mr[0] = L4_THREAD_EX_REGS | 1ull << 24; /* architecture flags must be zero */
    mr[1] = mr[2] = ~0ull;
    CHECK_EQ(ask(L4_BASE_THREAD_CAP, L4_PROTO_THREAD, 3), -L4_EINVAL);
}

static void test_unbound_thread(void)
{
    uint64_t *mr = l4_utcb()->mr;
    l4_cap_t thread = cap_new();
    CHECK_EQ(l4_factory_create_thread(L4_BASE_FACTORY_CAP, thread), 0);
    mr[0] = L4_THREAD_CONTROL;
    CHECK_EQ(ask(thread, L4_PROTO_THREAD, 6), 0);
    CHECK_EQ(mr[1], 0xfffffffffffff000);
    CHECK_EQ(mr[2], 0xfffffffffffff000);
}

static void selectors(struct worker *self)
{
    uint16_t ds = 0x2b, es;
    __asm__ volatile("mov %0, %%ds" : : "r"(ds));
    l4_ipc_receive(L4_INVALID_CAP, l4_timeouts(0, l4_timeout_us(1000)));
    __asm__ volatile("mov %%ds, %0\n\tmov %%es, %1" : "=r"(ds), "=r"(es));
    self->result = ds << 16 | es;
}

static void test_selectors(void)
{
    uint16_t ds;
    CHECK(worker_start(&w, &own_task, selectors, MAIN_PRIORITY + 1));
    __asm__ volatile("mov %%ds, %0" : "=r"(ds));
    CHECK_EQ(ds, 0x23);
    l4_sleep_us(5000);
    CHECK(w.done);
    CHECK_EQ(w.result, 0x2b0023);
}

/* Into 32-bit code, where the instruction is undefined on some CPUs and must be so on all. */
static void syscall_32(struct worker *self)
{
    (void)self;
    struct {
        uint32_t ip;
        uint16_t cs;
    } __attribute__((packed)) target = {0, 0x1b};
    __asm__ volatile("leal 1f(%%rip), %%eax\n\tmovl %%eax, %0\n\tljmpl *%0\n1:\tsyscall"
                     : "+m"(target)
                     :
                     : "rax", "rcx", "r11", "memory");
}

static void test_syscall_32(void)
{
    l4_cap_t gate = cap_new();
    CHECK(task_new(&child));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
    CHECK_EQ(l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS), 0);
    CHECK(worker_start(&w, &child, syscall_32, MAIN_PRIORITY + 1));
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_EXCEPTION);
    struct l4_exc_regs *r = (struct l4_exc_regs *)l4_utcb()->mr;
    CHECK_EQ(r->trap, 6);
    CHECK_EQ(r->cs, 0x1b);
}

static void test_task_requests(void)
{
    uint64_t *mr = l4_utcb()->mr;
    CHECK_EQ(ask_op(L4_BASE_TASK_CAP, 77, 0), -L4_EBADPROTO);
    CHECK_EQ(ask_op(L4_BASE_TASK_CAP, L4_PROTO_TASK, 0x3f), -L4_ENOSYS);
    mr[1] = l4_fpage_mem(0x200000000, 11, L4_FPAGE_RW).raw;
    mr[0] = L4_TASK_ADD_KU_MEM;
    CHECK_EQ(ask(L4_BASE_TASK_CAP, L4_PROTO_TASK, 2), -L4_EINVAL);
    mr[1] = l4_fpage_mem(0x200000000, 18, L4_FPAGE_RW).raw;
    mr[0] = L4_TASK_ADD_KU_MEM;
    CHECK_EQ(ask(L4_BASE_TASK_CAP, L4_PROTO_TASK, 2), -L4_EINVAL);
    mr[1] = l4_fpage_mem((uint64_t)test_memory(), 12, L4_FPAGE_RW).raw;
    mr[0] = L4_TASK_ADD_KU_MEM;
    CHECK_EQ(ask(L4_BASE_TASK_CAP, L4_PROTO_TASK, 2), -L4_EEXIST);
    mr[1] = l4_fpage_obj(0, 12, L4_FPAGE_RW).raw;
    mr[0] = L4_TASK_ADD_KU_MEM;
    CHECK_EQ(ask(L4_BASE_TASK_CAP, L4_PROTO_TASK, 2), -L4_EINVAL);
}

static void test_factory_errors(void)
{
    uint64_t *mr = l4_utcb()->mr;
    l4_receive_cap(cap_new());
    CHECK_EQ(ask_op(L4_BASE_FACTORY_CAP, L4_PROTO_FACTORY, 99), -L4_ENODEV);
    CHECK_EQ(ask_op(L4_BASE_FACTORY_CAP, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_TASK), -L4_EINVAL);
    mr[0] = (uint64_t)L4_PROTO_FACTORY;
    CHECK_EQ(ask(L4_BASE_FACTORY_CAP, L4_PROTO_FACTORY, 4), -L4_EINVAL);
    CHECK_EQ(ask_op(L4_BASE_FACTORY_CAP, 77, 0), -L4_EBADPROTO);
    l4_utcb()->br[0] = 0;
    mr[0] = (uint64_t)L4_PROTO_IRQ_SENDER;
    CHECK(l4_msgtag_has_error(l4_ipc_call(L4_BASE_FACTORY_CAP,
                                          l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0), L4_NEVER)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_REMSGCUT);
}

static void test_scheduler(void)
{
    uint64_t *mr = l4_utcb()->mr;
    mr[0] = L4_SCHED_INFO;
    mr[1] = 0;
    CHECK_EQ(ask(L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER, 2), 0);
    CHECK(mr[0] & 1 && mr[1] >= 1 && mr[2] & 2);
    mr[0] = L4_SCHED_INFO;
    mr[1] = 0xffffff;
    CHECK_EQ(ask(L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER, 2), -L4_ERANGE);
    mr[0] = L4_SCHED_IDLE_TIME;
    mr[1] = 0xff000000;
    mr[2] = 1;
    CHECK_EQ(ask(L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER, 3), 0);
    CHECK(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, 0) == -L4_EINVAL);
    CHECK_EQ(ask_op(L4_BASE_SCHEDULER_CAP, L4_PROTO_SCHEDULER, 9), -L4_ENOSYS);
}

static void test_log_attributes(void)
{
    uint64_t *mr = l4_utcb()->mr, old[4];
    CHECK_EQ(ask_op(L4_BASE_LOG_CAP, L4_PROTO_LOG, L4_LOG_GET_ATTR), 0);
    __builtin_memcpy(old, mr, sizeof old);
    mr[0] = L4_LOG_SET_ATTR;
    mr[1] = 0400;
    mr[2] = 04;
    mr[3] = 010;
    CHECK_EQ(ask(L4_BASE_LOG_CAP, L4_PROTO_LOG, 4), 0);
    CHECK_EQ(ask_op(L4_BASE_LOG_CAP, L4_PROTO_LOG, L4_LOG_GET_ATTR), 0);
    CHECK(mr[1] == 0400 && mr[2] == 04 && mr[3] == 010);
    __builtin_memcpy(mr, old, sizeof old);
    mr[0] = L4_LOG_SET_ATTR;
    CHECK_EQ(ask(L4_BASE_LOG_CAP, L4_PROTO_LOG, 4), 0);
}

static void test_platform(void)
{
    uint64_t *mr = l4_utcb()->mr;
    mr[0] = L4_PLATFORM_CPU_SHUTDOWN;
    mr[1] = mr[2] = 0;
    CHECK(ask(L4_BASE_ICU_CAP, L4_PROTO_NONE, 3) < 0);
    CHECK_EQ(ask_op(L4_BASE_ICU_CAP, 77, 0), -L4_EBADPROTO);
}

const struct test control_tests[] = {
    {"control-modify-senders", test_modify_senders},
    {"control-modify-irq", test_modify_irq},
    {"control-thread-requests", test_thread_requests},
    {"control-unbound-thread", test_unbound_thread},
    {"control-selectors", test_selectors},
    {"control-syscall-32", test_syscall_32},
    {"control-task-requests", test_task_requests},
    {"control-factory-errors", test_factory_errors},
    {"control-scheduler", test_scheduler},
    {"control-log-attributes", test_log_attributes},
    {"control-platform", test_platform},
    {NULL, NULL},
};
