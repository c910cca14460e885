/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps and their numbers, what an answer may set, ports, and ends of threads (ABI 4.5, 7.3, 8). */
#include "abi.h"

static struct abi_task child;
static struct worker w;
static struct l4_exc_regs regs;

static bool child_with_handler(void)
{
    l4_cap_t gate = cap_new();
    return task_new(&child)
           && !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0xeb0)
           && !l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS);
}

/* Takes the next exception of the child into `regs`: its trap number, or a negative number. */
static long next_exception(void)
{
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    if (l4_msgtag_has_error(tag) || l4_msgtag_label(tag) != L4_PROTO_EXCEPTION)
        return -1;
    if (l4_msgtag_words(tag) != L4_EXC_WORDS || l4_msgtag_flags(tag) != L4_MSGTAG_TRANSFER_FPU)
        return -2;
    __builtin_memcpy(&regs, l4_utcb()->mr, sizeof regs);
    return (long)regs.trap;
}

static long exception_of(void (*function)(struct worker *))
{
    return worker_start(&w, &child, function, MAIN_PRIORITY + 1) ? next_exception() : -3;
}

static void answer(unsigned items)
{
    __builtin_memcpy(l4_utcb()->mr, &regs, sizeof regs);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, L4_EXC_WORDS, items, 0), L4_BOTH_ZERO);
}

static void divide(struct worker *self)
{
    (void)self;
    __asm__ volatile("xorl %%ecx, %%ecx\n\txorl %%edx, %%edx\n\tdivl %%ecx"
                     : : : "rax", "rcx", "rdx", "cc");
}

static void single_step(struct worker *self)
{
    __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tnop" : : : "memory", "cc");
    self->result = 1;
}

static void breakpoint(struct worker *self)
{
    __asm__ volatile("int3");
    self->result = 1;
}

static void interrupt_80(struct worker *self)
{
    (void)self;
    __asm__ volatile("int $0x80");
}

static void wild_stack(struct worker *self)
{
    (void)self;
    __asm__ volatile("mov %0, %%rsp\n\tpush %%rax" : : "r"(0x1234567890000000ull) : "memory");
}

static void x87_error(struct worker *self)
{
    uint16_t control = 0x0300;
    (void)self;
    __asm__ volatile("fninit\n\tfldcw %0\n\tfldz\n\tfld1\n\tfdivp\n\tfwait" : : "m"(control));
}

static void sse_error(struct worker *self)
{
    uint32_t control = 0;
    (void)self;
    __asm__ volatile("ldmxcsr %0\n\tpxor %%xmm0, %%xmm0\n\tdivps %%xmm0, %%xmm0"
                     : : "m"(control) : "xmm0");
}

static void privileged(struct worker *self)
{
    (void)self;
    __asm__ volatile("cli");
}

enum { ANY = -1 }; /* the CPU's own error code, which emulators have wrong */

static void test_traps(void)
{
    static const struct {
        void (*function)(struct worker *);
        long trap, error;
    } traps[] = {{divide, 0, 0}, {single_step, 1, 0}, {breakpoint, 3, 0}, {privileged, 13, 0},
                 {interrupt_80, 13, ANY}, {x87_error, 16, 0}};
    for (unsigned i = 0; i < sizeof traps / sizeof traps[0]; i++) {
        CHECK(child_with_handler());
        CHECK_EQ(exception_of(traps[i].function), traps[i].trap);
        CHECK(traps[i].error == ANY || (long)regs.error == traps[i].error);
    }
}

/* Not all emulators raise #XM. */
static void test_sse_error(void)
{
    CHECK(child_with_handler());
    long trap = exception_of(sse_error);
    CHECK(trap == 19 || w.done);
}

/* #SS, for which emulators may raise #GP. */
static void test_wild_stack(void)
{
    CHECK(child_with_handler());
    long trap = exception_of(wild_stack);
    CHECK(trap == 12 || trap == 13);
    CHECK_EQ(regs.rsp, 0x1234567890000000);
}

static void test_breakpoint_ip(void)
{
    CHECK(child_with_handler());
    CHECK_EQ(exception_of(breakpoint), 3);
    CHECK_EQ(*(const unsigned char *)(regs.rip - 1), 0xcc); /* behind the instruction */
    answer(0);
    CHECK_EQ(w.result, 1);
}

/* All registers at their places in the message, and back from there. */
static void known_registers(struct worker *self)
{
    uint64_t sum;
    __asm__ volatile(
        "lea -128(%%rsp), %%rsp\n\tpush %%rbx\n\tpush %%rbp\n\t"
        "mov $1, %%eax\n\tmov $2, %%ebx\n\tmov $3, %%ecx\n\tmov $4, %%edx\n\tmov $5, %%esi\n\t"
        "mov $6, %%edi\n\tmov $7, %%ebp\n\tmov $8, %%r8d\n\tmov $9, %%r9d\n\tmov $10, %%r10d\n\t"
        "mov $11, %%r11d\n\tmov $12, %%r12d\n\tmov $13, %%r13d\n\tmov $14, %%r14d\n\t"
        "mov $15, %%r15d\n\tud2\n\t"
        "add %%rbx, %%rax\n\tadd %%rcx, %%rax\n\tadd %%rdx, %%rax\n\tadd %%rsi, %%rax\n\t"
        "add %%rdi, %%rax\n\tadd %%rbp, %%rax\n\tadd %%r8, %%rax\n\tadd %%r9, %%rax\n\t"
        "add %%r10, %%rax\n\tadd %%r11, %%rax\n\tadd %%r12, %%rax\n\tadd %%r13, %%rax\n\t"
        "add %%r14, %%rax\n\tadd %%r15, %%rax\n\tpop %%rbp\n\tpop %%rbx\n\tlea 128(%%rsp), %%rsp"
        : "=&a"(sum) : : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                         "r15", "memory", "cc");
    self->result = (long)sum;
}

static void test_register_places(void)
{
    CHECK(child_with_handler());
    CHECK_EQ(exception_of(known_registers), 6);
    CHECK(regs.rax == 1 && regs.rbx == 2 && regs.rcx == 3 && regs.rdx == 4 && regs.rsi == 5);
    CHECK(regs.rdi == 6 && regs.rbp == 7 && regs.r8 == 8 && regs.r9 == 9 && regs.r10 == 10);
    CHECK(regs.r11 == 11 && regs.r12 == 12 && regs.r13 == 13 && regs.r14 == 14 && regs.r15 == 15);
    CHECK_EQ(regs.cs, 0x2b);
    CHECK_EQ(regs.ss, 0x23);
    CHECK_EQ(regs.gs_base, w.utcb + L4_UTCB_GS_OFFSET);
    CHECK_EQ(regs.fs_base, 0);
    uint64_t *general[] = {&regs.rax, &regs.rbx, &regs.rcx, &regs.rdx, &regs.rsi, &regs.rdi,
                           &regs.rbp, &regs.r8, &regs.r9, &regs.r10, &regs.r11, &regs.r12,
                           &regs.r13, &regs.r14, &regs.r15};
    for (unsigned i = 0; i < 15; i++)
        *general[i] = 1000 * (i + 1);
    regs.rip += 2;
    answer(0);
    CHECK_EQ(w.result, 120000);
}

/* IOPL and NT cannot be had, interrupts not be shut out, the code segment not be chosen. */
static void flags_after(struct worker *self)
{
    uint64_t flags;
    uint16_t cs;
    __asm__ volatile("ud2\n\tpushfq\n\tpop %0\n\tmov %%cs, %1" : "=r"(flags), "=r"(cs) : : "cc");
    self->result = (long)(flags | (uint64_t)cs << 32);
}

static void test_answer_flags(void)
{
    CHECK(child_with_handler());
    CHECK_EQ(exception_of(flags_after), 6);
    regs.rip += 2;
    regs.rflags = 0x7002 | 0x401; /* IOPL 3, NT, no IF; direction and carry */
    regs.cs = 0x08;
    answer(0);
    CHECK(w.done);
    CHECK_EQ(w.result & 0x7601, 0x601);
    CHECK_EQ(w.result >> 32, 0x2b);
}

static void look_at_mrs(struct worker *self)
{
    struct l4_utcb *u = l4_utcb();
    for (unsigned i = 0; i < L4_UTCB_MR; i++)
        u->mr[i] = i;
    u->bdr = 0x42;
    u->br[0] = 0x43;
    u->br[1] = 0x44;
    __asm__ volatile("ud2" : : : "memory");
    self->result = u->bdr == 0x42 && u->br[0] == 0x43 && u->br[1] == 0x44;
    for (unsigned i = 0; i < L4_UTCB_MR; i++)
        self->result &= u->mr[i] == i || i >= L4_EXC_WORDS;
}

/* The message is not in the MRs of who raised it; items of the answer are mapped. */
static void test_answer_items(void)
{
    uint64_t page = (uint64_t)test_memory(), place = 0x50000000;
    CHECK(child_with_handler());
    CHECK_EQ(exception_of(look_at_mrs), 6);
    regs.rip += 2;
    l4_put_item(L4_EXC_WORDS, place, l4_fpage_mem(page, 12, L4_FPAGE_RW));
    answer(1);
    CHECK_EQ(w.result, 1);
    CHECK_EQ(l4_task_add_ku_mem(child.cap, l4_fpage_mem(place, 12, L4_FPAGE_RW)), -L4_EEXIST);
}

/* After exception 0xff only general registers, ip, sp and flags are taken. */
static void sleep_then_ds(struct worker *self)
{
    uint16_t ds;
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
    __asm__ volatile("mov %%ds, %0" : "=r"(ds));
    self->result = ds + 1;
}

static void test_raised_answer(void)
{
    CHECK(child_with_handler());
    CHECK(worker_start(&w, &child, sleep_then_ds, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_thread_ex_regs(w.cap, ~0ull, ~0ull, L4_EX_REGS_TRIGGER | L4_EX_REGS_CANCEL), 0);
    CHECK_EQ(next_exception(), 0xff);
    CHECK_EQ(regs.error, 0);
    regs.ds = 0x2b;
    regs.fs_base = 0x1234000;
    answer(0);
    CHECK_EQ(w.result, 0x24);
}

/* --- page faults --- */

static void read_byte(struct worker *self)
{
    self->result = *(volatile char *)0x77777000;
}

static void wait_for_ever(struct worker *self)
{
    (void)self;
    l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

/* A pager that is dead is as good as one that refuses. */
static void test_dead_pager(void)
{
    static struct worker pager;
    l4_cap_t gate = cap_new(), slot = TASK_SLOT;
    CHECK(child_with_handler());
    CHECK(worker_start(&pager, &own_task, wait_for_ever, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, pager.cap, 0), 0);
    CHECK_EQ(l4_task_map_cap(child.cap, gate, slot, L4_CAP_RWS), 0);
    CHECK_EQ(l4_cap_delete(pager.cap), 0);
    CHECK(worker_create(&w, &child));
    struct l4_thread_control control = {.pager = slot};
    CHECK_EQ(l4_thread_control(w.cap, &control), 0);
    CHECK(worker_run(&w, read_byte, MAIN_PRIORITY + 1));
    CHECK_EQ(next_exception(), 14);
    CHECK_EQ(regs.fault_address, 0x77777000);
}

/* The pager's slot is the channel of its answer: without S there, no S in what it gives. */
static void test_pager_rights(void)
{
    static const unsigned rights[] = {L4_CAP_RW, L4_CAP_RWS};
    static const long expected[] = {-L4_EPERM, -(L4_EIPC + L4_IPC_RETIMEOUT)};
    l4_cap_t s = cap_new(), got = cap_new(), place = l4_cap(0x900);
    CHECK_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, s), 0);
    for (unsigned i = 0; i < 2; i++) {
        l4_cap_t gate = cap_new();
        CHECK(task_new(&child));
        CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
        CHECK_EQ(l4_task_map_cap(child.cap, gate, TASK_PAGER, rights[i]), 0);
        CHECK(worker_start(&w, &child, read_byte, MAIN_PRIORITY + 1));
        l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
        CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_PAGE_FAULT);
        l4_put_item(0, place, l4_fpage_obj(s, 0, L4_CAP_RWS));
        l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 1, 0), L4_BOTH_ZERO);
        CHECK_EQ(l4_task_map(L4_BASE_TASK_CAP, child.cap, l4_fpage_obj(place, 0, L4_CAP_RWS), got),
                 0);
        CHECK_EQ(l4_semaphore_down(got, L4_TIMEOUT_ZERO), expected[i]);
        l4_cap_release(got);
        l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO); /* it has faulted again */
    }
}

/* A cancelled fault is tried again. */
static void test_cancelled_fault(void)
{
    CHECK(child_with_handler());
    CHECK(worker_start(&w, &child, read_byte, MAIN_PRIORITY + 1));
    for (unsigned i = 0; i < 2; i++) {
        l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
        CHECK_EQ(tag.raw, l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0).raw);
        CHECK_EQ(l4_utcb()->mr[0], 0x77777000);
        CHECK_EQ(l4_thread_ex_regs(w.cap, ~0ull, ~0ull, L4_EX_REGS_CANCEL), 0);
    }
}

/* --- ports --- */

static void touch_port(struct worker *self)
{
    __asm__ volatile("inb $0x71, %%al" : : : "rax");
    self->result = 1;
}

static bool give_ports(uint64_t port, unsigned order)
{
    return !l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_io(port, order, L4_FPAGE_RW), 0);
}

/* 0x70 and 0x71, of which sigma0 does not mind being asked again. */
static bool get_ports(void)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = l4_bdr(0, 1, 0);
    u->br[1] = L4_RCV_MAP;
    u->br[2] = l4_fpage_io(0, 16, 0).raw;
    u->mr[0] = l4_fpage_io(0x70, 1, L4_FPAGE_RW).raw;
    return !l4_result(l4_ipc_call(L4_BASE_PAGER_CAP,
                                  l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 1, 0, 0), L4_NEVER));
}

/* What has gone through many hands is taken from all of them, and from nobody else. */
static void test_ports_handed_on(void)
{
    enum { HANDS = 5 };
    l4_fpage_t ports = l4_fpage_io(0x70, 1, L4_FPAGE_RW);
    l4_cap_t from = L4_BASE_TASK_CAP;
    CHECK(get_ports());
    for (unsigned i = 0; i < HANDS; i++) {
        l4_cap_t to = cap_new();
        CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, to, (l4_fpage_t){0}), 0);
        CHECK_EQ(l4_task_map(to, from, ports, 0), 0);
        from = to;
    }
    CHECK(child_with_handler());
    CHECK_EQ(l4_task_map(child.cap, from, ports, 0), 0);
    CHECK(worker_start(&w, &child, touch_port, MAIN_PRIORITY + 1));
    CHECK_EQ(w.result, 1);
    CHECK_EQ(l4_task_unmap(from, ports, L4_UNMAP_ALL_SPACES), 0);
    CHECK_EQ(exception_of(touch_port), 13);
    CHECK(give_ports(0x70, 1)); /* ours are still there */
    CHECK(worker_start(&w, &child, touch_port, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_task_unmap(L4_BASE_TASK_CAP, ports, L4_UNMAP_CHILDREN), 0);
    CHECK_EQ(exception_of(touch_port), 13);
}

static void test_ports(void)
{
    CHECK(get_ports());
    CHECK(child_with_handler());
    CHECK_EQ(exception_of(touch_port), 13);
    CHECK_EQ(regs.error, 0);
    CHECK_EQ(regs.fault_address, 0);
    CHECK(give_ports(0x70, 0)); /* not that one */
    CHECK_EQ(exception_of(touch_port), 13);
    CHECK(give_ports(0, 16)); /* what we have of them */
    CHECK(worker_start(&w, &child, touch_port, MAIN_PRIORITY + 1));
    CHECK_EQ(w.result, 1);
    CHECK_EQ(l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_io(0x70, 1, L4_FPAGE_RW),
                           L4_UNMAP_CHILDREN), 0);
    CHECK_EQ(exception_of(touch_port), 13);
}

/* --- how threads begin and end --- */

static uint64_t first_registers;

static void note_first_registers(void)
{
    __asm__ volatile(
        "orq %%rbx, %%rax\n\torq %%rcx, %%rax\n\torq %%rdx, %%rax\n\torq %%rsi, %%rax\n\t"
        "orq %%rdi, %%rax\n\torq %%rbp, %%rax\n\torq %%r8, %%rax\n\torq %%r9, %%rax\n\t"
        "orq %%r10, %%rax\n\torq %%r11, %%rax\n\torq %%r12, %%rax\n\torq %%r13, %%rax\n\t"
        "orq %%r14, %%rax\n\torq %%r15, %%rax\n\tpushfq\n\tpopq %%rbx\n\tandq $~0x202, %%rbx\n\t"
        "andq $~0x46, %%rbx\n\torq %%rbx, %%rax\n\tmov %%fs, %%ebx\n\torq %%rbx, %%rax\n\t"
        "mov %%gs, %%ebx\n\torq %%rbx, %%rax\n\tmov %%es, %%ebx\n\txorq $0x23, %%rbx\n\t"
        "orq %%rbx, %%rax\n\tincq %%rax\n\tmovq %%rax, %0\n1:\tjmp 1b"
        : "=m"(first_registers) : : "memory");
}

static void test_first_state(void)
{
    CHECK(worker_create(&w, &own_task));
    CHECK_EQ(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, w.cap, MAIN_PRIORITY - 1), 0);
    CHECK_EQ(l4_thread_ex_regs(w.cap, (uint64_t)note_first_registers,
                               worker_stack(&w, wait_for_ever), 0), 0);
    l4_sleep_us(5000);
    CHECK_EQ(first_registers, 1);
}

static void spin(struct worker *self)
{
    for (;;)
        self->result++;
}

/* A thread held from outside outlives its task, until its next page fault. */
static void test_task_gone(void)
{
    CHECK(task_new(&child));
    CHECK(worker_start(&w, &child, spin, MAIN_PRIORITY - 1));
    l4_sleep_us(3000);
    CHECK(w.result > 0);
    CHECK_EQ(l4_cap_delete(child.cap), 0);
    l4_sleep_us(3000);
    CHECK(l4_cap_valid(w.cap));
    CHECK(l4_msgtag_has_error(l4_ipc_send(w.cap, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(l4_ipc_code(), L4_IPC_ENOT_EXISTENT);
}

/* gs may be moved, if the word there still leads to the UTCB (ABI 4.3). */
static void test_gs_base(void)
{
    static uint64_t place;
    uint64_t *mr = l4_utcb()->mr, old = (uint64_t)&l4_utcb()->self;
    place = (uint64_t)l4_utcb();
    mr[0] = L4_THREAD_SEG_BASE | 1 << 16;
    mr[1] = (uint64_t)&place;
    CHECK_EQ(l4_result(l4_ipc_call(L4_INVALID_CAP, l4_msgtag(L4_PROTO_THREAD, 2, 0, 0), L4_NEVER)),
             0);
    l4_sleep_us(2000);
    place ^= 0; /* it is read through gs */
    uint64_t seen = (uint64_t)l4_utcb();
    mr[0] = L4_THREAD_SEG_BASE | 1 << 16;
    mr[1] = old;
    CHECK_EQ(l4_result(l4_ipc_call(L4_INVALID_CAP, l4_msgtag(L4_PROTO_THREAD, 2, 0, 0), L4_NEVER)),
             0);
    CHECK_EQ(seen, place);
}

const struct test fault_tests[] = {
    {"fault-traps", test_traps},
    {"fault-sse-error", test_sse_error},
    {"fault-wild-stack", test_wild_stack},
    {"fault-breakpoint-ip", test_breakpoint_ip},
    {"fault-register-places", test_register_places},
    {"fault-answer-flags", test_answer_flags},
    {"fault-answer-items", test_answer_items},
    {"fault-raised-answer", test_raised_answer},
    {"fault-dead-pager", test_dead_pager},
    {"fault-pager-rights", test_pager_rights},
    {"fault-cancelled", test_cancelled_fault},
    {"fault-ports", test_ports},
    {"fault-ports-handed-on", test_ports_handed_on},
    {"fault-first-state", test_first_state},
    {"fault-task-gone", test_task_gone},
    {"fault-gs-base", test_gs_base},
    {NULL, NULL},
};
