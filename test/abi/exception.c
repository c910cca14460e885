/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions, ex_regs, segment bases (ABI 7.3, 8.2, 8.3). */
#include "abi.h"

static struct abi_task child;
static struct worker w;

static bool child_with_handler(void)
{
    l4_cap_t gate = cap_new();
    return task_new(&child)
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0xeb0)
           && !l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS);
}

/* Starts @function in the child and takes the exception it raises; false: there is none. */
static bool exception_of(void (*function)(struct worker *), struct l4_exc_regs *regs)
{
    if (!worker_start(&w, &child, function, MAIN_PRIORITY + 1))
        return false;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    if (l4_msgtag_has_error(tag) || l4_msgtag_label(tag) != L4_PROTO_EXCEPTION
        || l4_msgtag_words(tag) != L4_EXC_WORDS)
        return false;
    __builtin_memcpy(regs, l4_utcb()->mr, sizeof *regs);
    return true;
}

static void answer(const struct l4_exc_regs *regs)
{
    if (regs)
        __builtin_memcpy(l4_utcb()->mr, regs, sizeof *regs);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, regs ? L4_EXC_WORDS : 0, 0, 0), L4_BOTH_ZERO);
}

static void undefined(struct worker *self)
{
    uint64_t rbx = 0x1111, rax = 5;
    __asm__ volatile("ud2" : "+b"(rbx), "+a"(rax) : : "memory");
    self->result = (long)(rbx + rax);
}

static void test_undefined(void)
{
    struct l4_exc_regs r;
    CHECK(child_with_handler());
    CHECK(exception_of(undefined, &r));
    CHECK_EQ(r.trap, 6);
    CHECK_EQ(r.rbx, 0x1111);
    CHECK_EQ(r.error, 0);
    r.rip += 2;
    r.rbx = 0x2222;
    answer(&r);
    CHECK(w.done);
    CHECK_EQ(w.result, 0x2227);
}

/* Fewer than 26 words: nothing changes, the instruction is tried again. */
static void test_short_answer(void)
{
    struct l4_exc_regs r;
    CHECK(child_with_handler());
    CHECK(exception_of(undefined, &r));
    answer(NULL);
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_EXCEPTION);
    CHECK_EQ(((struct l4_exc_regs *)l4_utcb()->mr)->rip, r.rip);
}

static void breakpoint(struct worker *self)
{
    __asm__ volatile("int3");
    self->result = 3;
}

static void test_breakpoint(void)
{
    struct l4_exc_regs r;
    CHECK(child_with_handler());
    CHECK(exception_of(breakpoint, &r));
    CHECK_EQ(r.trap, 3);
    answer(&r);
    CHECK_EQ(w.result, 3);
}

static void port(struct worker *self)
{
    (void)self;
    __asm__ volatile("outb %0, $0x80" : : "a"((char)0));
}

static void test_port(void)
{
    struct l4_exc_regs r;
    CHECK(child_with_handler());
    CHECK(exception_of(port, &r));
    CHECK_EQ(r.trap, 13);
    CHECK_EQ(r.error, 0);
}

static void read_low(struct worker *self)
{
    self->result = *(volatile char *)0x77777000;
}

/* A negative answer of the pager turns the fault into an exception. */
static void test_refused_fault(void)
{
    CHECK(child_with_handler());
    CHECK(worker_start(&w, &child, read_low, MAIN_PRIORITY + 1));
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_PAGE_FAULT);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(-L4_EFAULT, 0, 0, 0), L4_BOTH_ZERO);
    tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_EXCEPTION);
    struct l4_exc_regs *r = (struct l4_exc_regs *)l4_utcb()->mr;
    CHECK_EQ(r->trap, 14);
    CHECK_EQ(r->fault_address, 0x77777000);
    CHECK_EQ(r->error, 4);
}

static void far_away(struct worker *self)
{
    (void)self;
    __asm__ volatile("jmp *%0" : : "r"(0x900000000000ull));
}

static void test_not_canonical(void)
{
    struct l4_exc_regs r;
    CHECK(child_with_handler());
    CHECK(exception_of(far_away, &r));
    CHECK_EQ(r.trap, 13);
    r.rip = 0x1000800000000000ull; /* the handler asks for what cannot be */
    answer(&r);
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_EXCEPTION);
    CHECK_EQ(((struct l4_exc_regs *)l4_utcb()->mr)->trap, 13);
    l4_thread_ex_regs(w.cap, 0xffff900000000000ull, ~0ull, L4_EX_REGS_CANCEL);
    tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK(!l4_msgtag_has_error(tag));
}

static void sleep_for_ever(struct worker *self)
{
    (void)self;
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

static void test_trigger(void)
{
    CHECK(child_with_handler());
    CHECK(worker_start(&w, &child, sleep_for_ever, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_thread_ex_regs(w.cap, ~0ull, ~0ull, L4_EX_REGS_TRIGGER | L4_EX_REGS_CANCEL), 0);
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_EXCEPTION);
    struct l4_exc_regs *r = (struct l4_exc_regs *)l4_utcb()->mr;
    CHECK_EQ(r->trap, 0xff);
    CHECK(r->rip != 0);
    /* It waits for its handler: without cancel nothing changes. */
    uint64_t ip = r->rip;
    CHECK_EQ(l4_thread_ex_regs(w.cap, 0x1234, ~0ull, 0), 0);
    CHECK_EQ(l4_utcb()->mr[1], ip);
    l4_utcb()->mr[0] = 0x1000000 | L4_THREAD_EX_REGS;
    CHECK_EQ(l4_result(l4_ipc_call(w.cap, l4_msgtag(L4_PROTO_THREAD, 3, 0, 0), L4_NEVER)),
             -L4_EINVAL);
}

static void count_up(struct worker *self)
{
    for (;;)
        self->result++;
}

static void note(struct worker *self)
{
    self->result = -1;
}

static void test_ex_regs_running(void)
{
    CHECK(worker_start(&w, &own_task, count_up, MAIN_PRIORITY - 1));
    l4_sleep_us(3000);
    CHECK(w.result > 0);
    CHECK_EQ(l4_thread_ex_regs(w.cap, worker_entry(), worker_stack(&w, note), 0), 0);
    CHECK(l4_utcb()->mr[1] != 0);
    l4_sleep_us(3000);
    CHECK(w.done);
    CHECK_EQ(w.result, -1);
}

static void no_handler(struct worker *self)
{
    undefined(self);
}

static void test_no_handler(void)
{
    CHECK(task_new(&child)); /* nothing in TASK_PAGER */
    CHECK(worker_start(&w, &child, no_handler, MAIN_PRIORITY + 1));
    CHECK(!w.done);
    CHECK(l4_msgtag_has_error(l4_ipc_send(w.cap, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_SETIMEOUT); /* blocked, not dead */
    l4_thread_ex_regs(w.cap, worker_entry(), worker_stack(&w, note), L4_EX_REGS_CANCEL);
    CHECK(w.done);
}

static void test_fs_base(void)
{
    static uint64_t place = 0x5a5a;
    uint64_t value = 0;
    CHECK_EQ(l4_thread_set_fs_base(L4_INVALID_CAP, (uint64_t)&place), 0);
    l4_sleep_us(2000);
    __asm__ volatile("mov %%fs:0, %0" : "=r"(value));
    CHECK_EQ(value, 0x5a5a);
    CHECK_EQ(l4_thread_set_fs_base(L4_INVALID_CAP, 0x1000000000000ull), -L4_EINVAL);
}

static void use_sse(struct worker *self)
{
    double x = 1.0;
    for (unsigned i = 0; i < 20; i++) {
        x = x * 1.5;
        l4_sleep_us(1000);
    }
    self->result = (long)x;
}

static void test_fpu(void)
{
    static struct worker a, b;
    CHECK(worker_start(&a, &own_task, use_sse, MAIN_PRIORITY + 1));
    CHECK(worker_start(&b, &own_task, use_sse, MAIN_PRIORITY + 1));
    uint64_t in = 0x123456789, out = 0;
    __asm__ volatile("movq %0, %%xmm7" : : "r"(in));
    l4_sleep_us(10000);
    __asm__ volatile("movq %%xmm7, %0" : "=r"(out));
    CHECK_EQ(out, in);
    for (unsigned i = 0; i < 100 && !(a.done && b.done); i++)
        l4_sleep_us(20000);
    CHECK_EQ(a.result, 3325);
    CHECK_EQ(b.result, 3325);
}

/* A register that compilers like least. */
static void set_xmm(uint64_t value)
{
    __asm__ volatile("movq %0, %%xmm13" : : "r"(value));
}

static uint64_t get_xmm(void)
{
    uint64_t value;
    __asm__ volatile("movq %%xmm13, %0" : "=r"(value));
    return value;
}

static void take_fpu(struct worker *self)
{
    static const uint64_t bdrs[] = {L4_BDR_FPU, 0, L4_BDR_FPU};
    for (unsigned i = 0; i < 3; i++) {
        l4_utcb()->bdr = bdrs[i];
        set_xmm(7);
        l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
        self->result = self->result << 16 | (long)(get_xmm() & 0xffff);
    }
}

/* The flag moves the FPU state of the sender, to who wants it, through a channel with S. */
static void test_fpu_message(void)
{
    l4_cap_t strong = cap_new(), weak = cap_new();
    CHECK(worker_start(&w, &own_task, take_fpu, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, strong, w.cap, 0), 0);
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, strong, weak, L4_CAP_RW), 0);
    const l4_cap_t through[] = {strong, strong, weak};
    for (unsigned i = 0; i < 3; i++) {
        set_xmm(0x111);
        l4_ipc_send(through[i], l4_msgtag(0, 1, 0, L4_MSGTAG_TRANSFER_FPU), L4_NEVER);
        CHECK_EQ(get_xmm(), 0x111);
    }
    CHECK(w.done);
    CHECK_EQ(w.result, 0x11100070007);
}

static void undefined_fpu(struct worker *self)
{
    set_xmm(0x222);
    __asm__ volatile("ud2");
    self->result = (long)get_xmm();
}

/* With an exception it goes to the handler, and back with the answer. */
static void test_fpu_exception(void)
{
    struct l4_exc_regs r;
    CHECK(child_with_handler());
    CHECK(worker_start(&w, &child, undefined_fpu, MAIN_PRIORITY + 1));
    l4_utcb()->bdr = L4_BDR_FPU;
    set_xmm(0x333);
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(get_xmm(), 0x222);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_EXCEPTION);
    __builtin_memcpy(&r, l4_utcb()->mr, sizeof r);
    l4_utcb()->bdr = 0;
    set_xmm(0x444);
    r.rip += 2;
    __builtin_memcpy(l4_utcb()->mr, &r, sizeof r);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, L4_EXC_WORDS, 0, L4_MSGTAG_TRANSFER_FPU),
                 L4_BOTH_ZERO);
    CHECK(w.done);
    CHECK_EQ(w.result, 0x444);
}

const struct test exception_tests[] = {
    {"exception-undefined", test_undefined},
    {"exception-short-answer", test_short_answer},
    {"exception-breakpoint", test_breakpoint},
    {"exception-port", test_port},
    {"exception-refused-fault", test_refused_fault},
    {"exception-not-canonical", test_not_canonical},
    {"exception-trigger", test_trigger},
    {"exception-ex-regs-running", test_ex_regs_running},
    {"exception-no-handler", test_no_handler},
    {"exception-fs-base", test_fs_base},
    {"exception-fpu", test_fpu},
    {"fpu-with-a-message", test_fpu_message},
    {"fpu-with-an-exception", test_fpu_exception},
    {NULL, NULL},
};
