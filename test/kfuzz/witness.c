/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that has nothing to do with the fuzzing: whatever happens around it, its registers, its
 * FPU state and its message registers stay as it left them, in user mode and across system calls.
 */
#include "kfuzz.h"

enum { SPIN = 20000 };

static struct worker witness;
static const char *volatile wrong;
static volatile unsigned rounds;

/*
 * Fills registers with multiples of @mark, makes a system call (a sleep) or turns @spin times, and
 * returns the OR of all differences.
 */
static uint64_t hold(uint64_t mark, uint64_t spin, uint64_t timeout)
{
    uint64_t bad = 0;
    __asm__ volatile(
        "movq %[mark], %%xmm0\n\tmovq %[mark], %%xmm9\n\tmovq %[mark], %%xmm15\n\t"
        "mov %[mark], %%rbx\n\tlea 1(%[mark]), %%r9\n\tlea 2(%[mark]), %%r10\n\t"
        "lea 3(%[mark]), %%r12\n\tlea 4(%[mark]), %%r13\n\tlea 5(%[mark]), %%r14\n\t"
        "lea -128(%%rsp), %%rsp\n\tpush %%rbp\n\tlea 6(%[mark]), %%rbp\n\tpush %[mark]\n\t"
        "mov %%rdx, %%r8\n\tmov %[self], %%rdx\n\txor %%eax, %%eax\n\t"
        "test %%rcx, %%rcx\n\tjnz 1f\n\tsyscall\n\tjmp 2f\n"
        "1:\tdec %%rcx\n\tjnz 1b\n"
        "2:\tpop %%rax\n\t"
        "sub %%rax, %%rbp\n\tsub $6, %%rbp\n\tmov %%rbp, %%rdi\n\tpop %%rbp\n\t"
        "lea 128(%%rsp), %%rsp\n\t"
        "sub %%rax, %%rbx\n\tor %%rbx, %%rdi\n\t"
        "sub %%rax, %%r9\n\tsub $1, %%r9\n\tor %%r9, %%rdi\n\t"
        "sub %%rax, %%r10\n\tsub $2, %%r10\n\tor %%r10, %%rdi\n\t"
        "sub %%rax, %%r12\n\tsub $3, %%r12\n\tor %%r12, %%rdi\n\t"
        "sub %%rax, %%r13\n\tsub $4, %%r13\n\tor %%r13, %%rdi\n\t"
        "sub %%rax, %%r14\n\tsub $5, %%r14\n\tor %%r14, %%rdi\n\t"
        "movq %%xmm0, %%rbx\n\tsub %%rax, %%rbx\n\tor %%rbx, %%rdi\n\t"
        "movq %%xmm9, %%rbx\n\tsub %%rax, %%rbx\n\tor %%rbx, %%rdi\n\t"
        "movq %%xmm15, %%rbx\n\tsub %%rax, %%rbx\n\tor %%rbx, %%rdi\n\t"
        : "=&D"(bad), "+c"(spin), "+d"(timeout)
        : [mark] "S"(mark), [self] "i"(L4_INVALID_CAP | L4_SYSF_RECV)
        : "rax", "rbx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm9",
          "xmm15", "memory", "cc");
    return bad;
}

static bool registers_are(const struct l4_utcb *u, uint64_t mark)
{
    for (unsigned i = 0; i < L4_UTCB_MR; i++)
        if (u->mr[i] != mark + i)
            return false;
    for (unsigned i = 0; i < L4_UTCB_BR; i++)
        if (u->br[i] != mark - i)
            return false;
    return u->user[0] == mark && u->bdr == (mark & 0x7fff);
}

static void watch(struct worker *w)
{
    (void)w;
    for (uint64_t mark = 0x0123456789abcdefull;; mark = mark * 5 + 1) {
        struct l4_utcb *u = l4_utcb();
        for (unsigned i = 0; i < L4_UTCB_MR; i++)
            u->mr[i] = mark + i;
        for (unsigned i = 0; i < L4_UTCB_BR; i++)
            u->br[i] = mark - i;
        u->user[0] = mark;
        u->bdr = mark & 0x7fff;
        if (hold(mark, SPIN, 0))
            wrong = "registers of another thread changed while it ran";
        if (hold(mark, 0, l4_timeout_us(4000)))
            wrong = "registers of another thread changed in a system call";
        if (!registers_are(u, mark))
            wrong = "message registers of another thread changed";
        rounds++;
    }
}

bool witness_start(void)
{
    rounds = 0;
    return worker_start(&witness, &own_task, watch, 51);
}

const char *witness_check(void)
{
    return wrong;
}
