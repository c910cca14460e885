/* SPDX-License-Identifier: BSD-2-Clause */
/* Page-fault trampoline (ABI 8.6): only if the KIP names the feature. */
#include "abi.h"
#include <l4/pf_trampoline.h>

#define NOWHERE 0x60000000ull
enum { FAULT_ADDRESS = 0x58 / 8, RBX = 0x60 / 8, RFLAGS = 0xa0 / 8 }; /* words of a frame */

static struct worker w;
static struct l4_pf_trampoline *area;
static struct l4_pf_trampoline seen;
static unsigned faults;
static uint64_t fault_word, goal; /* goal: where the handler lets the access go */

#define EXPECT(condition)            \
    do {                             \
        if (!(condition)) {          \
            self->result = __LINE__; \
            return;                  \
        }                            \
    } while (0)

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static bool has_feature(const char *name)
{
    const char *p = (const char *)test_kip() + test_kip()->strings_at * 16;
    while (*p) {
        if (equal(p, name))
            return true;
        while (*p++)
            ;
    }
    return false;
}

static long trampoline(l4_cap_t thread, uint64_t op, uint64_t address)
{
    uint64_t *mr = l4_utcb()->mr;
    mr[0] = L4_THREAD_PF_TRAMPOLINE | op;
    mr[1] = address;
    unsigned words = op == L4_PF_SETUP ? 2 : 1;
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, words, 0, 0), L4_NEVER));
}

/* The handler: below the red zone of what has faulted; resumes with another address in rbx. */
void trampoline_handle(struct l4_pf_trampoline *at, uint64_t word);
extern char trampoline_entry[];
static uint64_t how; /* L4_PF_RESUME or L4_PF_REFLECT */
__asm__(".text\ntrampoline_entry:\tleaq -128(%rsp), %rsp\n\tandq $-16, %rsp\n\t"
        "call trampoline_handle\n\tud2\n");

void trampoline_handle(struct l4_pf_trampoline *at, uint64_t word)
{
    faults++;
    fault_word = word;
    seen = *at;
    at->frame[RBX] = goal;
    at->frame[RFLAGS] |= 0x3000; /* not to be had */
    trampoline(L4_INVALID_CAP, how, 0);
}

static uint64_t touch(uint64_t address)
{
    __asm__ volatile("movq $1, (%%rbx)" : "+b"(address) : : "memory");
    return address;
}

static bool prepare(struct worker *self)
{
    area = (struct l4_pf_trampoline *)((self->utcb & ~0xffffull) + 0x9000);
    __builtin_memset(area, 0, sizeof *area);
    area->handler_ip = (uint64_t)trampoline_entry;
    faults = 0;
    how = L4_PF_RESUME;
    return trampoline(L4_INVALID_CAP, L4_PF_SETUP, (uint64_t)area) == 0
           && trampoline(L4_INVALID_CAP, L4_PF_ENABLE, 0) == 0;
}

static void in_fault(struct worker *self)
{
    EXPECT(prepare(self));
    l4_utcb()->mr[0] = 0xabc;
    EXPECT(touch(NOWHERE + 9) == goal);
    EXPECT(l4_utcb()->mr[0] == 0xabc);
    EXPECT(faults == 1);
    EXPECT(fault_word == (NOWHERE + 8) + 2); /* a write */
    EXPECT(seen.flags == L4_PF_IN_PROGRESS);
    EXPECT(seen.saved_mr0 == 0xabc);
    EXPECT(seen.frame[FAULT_ADDRESS] == NOWHERE + 9);
    EXPECT(seen.frame[RBX] == NOWHERE + 9);
    EXPECT(area->flags == 0);
    EXPECT(touch(NOWHERE) == goal); /* it is armed again */
    EXPECT(faults == 2);
}

static bool run(void (*function)(struct worker *))
{
    return worker_start(&w, &own_task, function, MAIN_PRIORITY + 1);
}

static void test_fault(void)
{
    if (!has_feature(L4_PF_TRAMPOLINE_FEATURE)) {
        print("skip ");
        return;
    }
    goal = (uint64_t)test_memory();
    CHECK(run(in_fault));
    CHECK(w.done);
    CHECK_EQ(w.result, 0);
}

static void in_disabled(struct worker *self)
{
    EXPECT(prepare(self));
    EXPECT(trampoline(L4_INVALID_CAP, L4_PF_DISABLE, 0) == 0);
    EXPECT(l4_utcb()->mr[0] == 1);
    EXPECT(trampoline(L4_INVALID_CAP, L4_PF_DISABLE, 0) == 0);
    EXPECT(l4_utcb()->mr[0] == 0);
    EXPECT(touch(NOWHERE) == NOWHERE); /* by the pager */
    EXPECT(faults == 0);
}

/* Disabled: to the pager as ever. */
static void test_disabled(void)
{
    l4_cap_t gate = cap_new();
    if (!has_feature(L4_PF_TRAMPOLINE_FEATURE)) {
        print("skip ");
        return;
    }
    static struct abi_task child;
    CHECK(task_new(&child));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
    CHECK_EQ(l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS), 0);
    CHECK(worker_start(&w, &child, in_disabled, MAIN_PRIORITY + 1));
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_PAGE_FAULT);
    l4_put_item(0, NOWHERE, l4_fpage_mem((uint64_t)test_memory(), 12, L4_FPAGE_RW));
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 1, 0), L4_BOTH_ZERO);
    CHECK(w.done);
    CHECK_EQ(w.result, 0);
}

static void in_reflected(struct worker *self)
{
    EXPECT(prepare(self));
    how = L4_PF_REFLECT;
    EXPECT(touch(NOWHERE) == goal + 8);
    how = L4_PF_RESUME;
    area->flags = L4_PF_RAISE_AFTERWARDS;
    EXPECT(touch(NOWHERE) == goal);
    EXPECT(faults == 2);
    EXPECT(area->flags == 0);
}

/* Into the exception handler with the fault, or after it with the artificial exception. */
static void test_reflected(void)
{
    static struct abi_task child;
    l4_cap_t gate = cap_new();
    if (!has_feature(L4_PF_TRAMPOLINE_FEATURE)) {
        print("skip ");
        return;
    }
    CHECK(task_new(&child));
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0), 0);
    CHECK_EQ(l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS), 0);
    uint64_t memory = goal = (uint64_t)test_memory();
    CHECK_EQ(l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_mem(memory, 12, L4_FPAGE_RW), memory),
             0);
    CHECK(worker_start(&w, &child, in_reflected, MAIN_PRIORITY + 1));
    struct l4_exc_regs *r = (struct l4_exc_regs *)l4_utcb()->mr;
    CHECK_EQ(l4_msgtag_label(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)),
             L4_PROTO_EXCEPTION);
    CHECK_EQ(r->trap, 14);
    CHECK_EQ(r->error, 6);
    CHECK_EQ(r->fault_address, NOWHERE);
    CHECK_EQ(r->rflags & 0x3200, 0x200);
    r->rbx = memory + 8;
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, L4_EXC_WORDS, 0, 0), L4_BOTH_ZERO);
    CHECK_EQ(l4_msgtag_label(l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO)),
             L4_PROTO_EXCEPTION);
    CHECK_EQ(r->trap, 0xff);
    CHECK_EQ(r->rbx, memory);
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO);
    CHECK(w.done);
    CHECK_EQ(w.result, 0);
}

static void test_errors(void)
{
    if (!has_feature(L4_PF_TRAMPOLINE_FEATURE)) {
        CHECK_EQ(trampoline(L4_INVALID_CAP, L4_PF_DISABLE, 0), -L4_ENOSYS);
        print("skip ");
        return;
    }
    CHECK(worker_create(&w, &own_task));
    CHECK(trampoline(w.cap, L4_PF_SETUP, (uint64_t)test_memory()) < 0); /* no ku_mem */
    CHECK(trampoline(w.cap, L4_PF_SETUP, (w.utcb & ~0xffffull) + 0xff80) < 0);
    CHECK(trampoline(w.cap, L4_PF_RESUME, 0) < 0);
    CHECK(trampoline(L4_INVALID_CAP, L4_PF_RESUME, 0) < 0);
    CHECK_EQ(trampoline(w.cap, L4_PF_SETUP, (w.utcb & ~0xffffull) + 0x9000), 0);
    CHECK(trampoline(w.cap, L4_PF_RESUME, 0) < 0); /* only by itself */
    CHECK(trampoline(w.cap, 0x70000, 0) < 0);
    CHECK(kernel_audit());
}

const struct test trampoline_tests[] = {
    {"trampoline-errors", test_errors},
    {"trampoline-fault", test_fault},
    {"trampoline-disabled", test_disabled},
    {"trampoline-reflected", test_reflected},
    {NULL, NULL},
};
