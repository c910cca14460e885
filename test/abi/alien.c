/* SPDX-License-Identifier: BSD-2-Clause */
/* Alien threads: their system calls are exceptions (ABI 8.4). Optional: -38 from thread control. */
#include "abi.h"

enum { CALL = 0xfd, BEFORE = 0, AFTER = 1, MARKED_CS = 0xab };

static struct abi_task child;
static struct worker w;

/* A request to thread control with @flags, the alien flag to be @alien. */
static long set_alien(bool alien)
{
    uint64_t *mr = l4_utcb()->mr;
    mr[0] = L4_THREAD_CONTROL | L4_THREAD_ALIEN;
    mr[4] = alien ? L4_THREAD_ALIEN : 0;
    return l4_result(l4_ipc_call(w.cap, l4_msgtag(L4_PROTO_THREAD, 6, 0, 0), L4_NEVER));
}

/*
 * The alien @function, in a child that has our gate as pager and handler. 0, -38 or another error.
 */
static long start(void (*function)(struct worker *))
{
    l4_cap_t gate = cap_new();
    if (!task_new(&child)
        || l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0xa10)
        || l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS) || !worker_create(&w, &child))
        return -1;
    long error = set_alien(true);
    if (error)
        return error;
    return worker_run(&w, function, MAIN_PRIORITY + 1) ? 0 : -1;
}

#define START(function)                     \
    do {                                    \
        long start_error = start(function); \
        if (start_error == -L4_ENOSYS) {    \
            print("skip ");                 \
            return;                         \
        }                                   \
        CHECK_EQ(start_error, 0);           \
    } while (0)

/* The trap of the exception that is there, its registers in @r; -1: none. */
static long take(struct l4_exc_regs *r)
{
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    if (l4_msgtag_has_error(tag) || l4_msgtag_label(tag) != L4_PROTO_EXCEPTION
        || l4_msgtag_words(tag) != L4_EXC_WORDS)
        return -1;
    __builtin_memcpy(r, l4_utcb()->mr, sizeof *r);
    return (long)r->trap;
}

static void answer(const struct l4_exc_regs *r, long label)
{
    __builtin_memcpy(l4_utcb()->mr, r, sizeof *r);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(label, L4_EXC_WORDS, 0, 0), L4_BOTH_ZERO);
}

static void one_call(struct worker *self)
{
    uint64_t rax = 0x1111, rdx = 0x2222, rsi = 0x3333;
    register uint64_t r8 __asm__("r8") = 0x4444;
    __asm__ volatile("syscall" : "+a"(rax), "+d"(rdx), "+S"(rsi) : "r"(r8)
                     : "rcx", "r11", "r15", "rdi", "memory");
    self->result = (long)rax;
    self->done = true;
}

/* The arguments are in the frame; the handler does what it likes. */
static void test_emulated(void)
{
    struct l4_exc_regs r;
    START(one_call);
    CHECK_EQ(take(&r), CALL);
    CHECK_EQ(r.error, BEFORE);
    CHECK_EQ(r.rax, 0x1111);
    CHECK_EQ(r.rdx, 0x2222);
    CHECK_EQ(r.rsi, 0x3333);
    CHECK_EQ(r.r8, 0x4444);
    CHECK_EQ(r.rcx, 0x4444);
    CHECK_EQ(r.cs, MARKED_CS);
    CHECK_EQ(*(uint16_t *)r.rip, 0x050f);
    r.rax = 0x5555;
    r.rip += 2;
    answer(&r, 0);
    CHECK(w.done);
    CHECK_EQ(w.result, 0x5555);
}

static void valid(struct worker *self)
{
    l4_utcb()->mr[0] = L4_TASK_CAP_INFO;
    l4_utcb()->mr[1] = TASK_LOG;
    self->result = l4_result(l4_ipc_call(TASK_SELF, l4_msgtag(L4_PROTO_TASK, 2, 0, 0), L4_NEVER));
}

static void valid_call(struct worker *self)
{
    valid(self);
    one_call(self);
}

/* With label 1 it is carried out, and there is an exception behind it; then none is allowed. */
static void test_allowed(void)
{
    struct l4_exc_regs r;
    START(valid_call);
    CHECK_EQ(take(&r), CALL);
    uint64_t ip = r.rip;
    answer(&r, L4_PROTO_ALLOW_SYSCALL);
    CHECK_EQ(take(&r), CALL);
    CHECK_EQ(r.error, AFTER);
    CHECK_EQ(r.rip, ip + 2);
    CHECK_EQ((int64_t)r.rax >> 16, 1); /* the slot is occupied */
    CHECK_EQ(r.cs, MARKED_CS);
    answer(&r, 0);
    CHECK_EQ(take(&r), CALL);
    CHECK_EQ(r.error, BEFORE);
    CHECK_EQ(r.rax, 0x1111);
    CHECK_EQ(w.result, 1); /* until that one is through */
}

static void talk(struct worker *self)
{
    uint64_t label = 0;
    l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER);
    self->result = (long)label;
    one_call(self);
}

/* An allowed call may wait, and gets its message; it may be cancelled. */
static void test_allowed_wait(void)
{
    struct l4_exc_regs r;
    l4_cap_t gate = cap_new();
    START(talk);
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, w.cap, 0x9990), 0);
    CHECK_EQ(take(&r), CALL);
    answer(&r, L4_PROTO_ALLOW_SYSCALL);
    CHECK_EQ(take(&r), -1);
    CHECK_EQ(send_words(gate, 1), 0);
    CHECK_EQ(take(&r), CALL);
    CHECK_EQ(r.error, AFTER);
    CHECK_EQ(r.rsi, 0x9993);
    CHECK_EQ(r.rax, 1); /* one word */
    answer(&r, 0);
    CHECK_EQ(take(&r), CALL);
    CHECK_EQ(w.result, 0x9993);
}

static void test_short_answer(void)
{
    struct l4_exc_regs r;
    START(one_call);
    CHECK_EQ(take(&r), CALL);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO);
    CHECK_EQ(take(&r), 13);
    answer(&r, 0);
    CHECK_EQ(take(&r), CALL);
}

static void read_far(struct worker *self)
{
    self->result = *(volatile long *)0x77777000;
}

/* No message to the pager. */
static void test_page_fault(void)
{
    struct l4_exc_regs r;
    START(read_far);
    CHECK_EQ(take(&r), 14);
    CHECK_EQ(r.fault_address, 0x77777000);
    CHECK_EQ(r.error, 4);
    *(uint64_t *)test_memory() = 99;
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP,
                         l4_fpage_mem((uint64_t)test_memory(), 12, L4_FPAGE_R), 0x77777000), 0);
    *(uint64_t *)test_memory() = 98;
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO); /* short: tried again */
    CHECK_EQ(take(&r), CALL); /* worker_main sleeps when the function is through */
    CHECK_EQ(w.result, 98);
}

/* What has been allowed is forgotten at a page fault. */
static void fault_first(struct worker *self)
{
    (void)self;
    one_call(self);
}

static void test_forgotten(void)
{
    struct l4_exc_regs r;
    START(fault_first);
    CHECK_EQ(take(&r), CALL);
    uint64_t ip = r.rip;
    r.rip = 0x66666000;
    answer(&r, L4_PROTO_ALLOW_SYSCALL);
    CHECK_EQ(take(&r), 14);
    r.rip = ip;
    answer(&r, 0);
    CHECK_EQ(take(&r), CALL);
    CHECK_EQ(r.error, BEFORE);
}

/* The flag can be taken away again. */
static void test_no_more(void)
{
    struct l4_exc_regs r;
    START(valid);
    CHECK_EQ(take(&r), CALL);
    CHECK_EQ(set_alien(false), 0);
    answer(&r, 0);
    CHECK(w.done);
    CHECK_EQ(w.result, 1);
    CHECK(kernel_audit());
}

const struct test alien_tests[] = {
    {"alien-emulated-call", test_emulated},
    {"alien-allowed-call", test_allowed},
    {"alien-allowed-wait", test_allowed_wait},
    {"alien-short-answer", test_short_answer},
    {"alien-page-fault", test_page_fault},
    {"alien-forgotten", test_forgotten},
    {"alien-no-more", test_no_more},
    {NULL, NULL},
};
