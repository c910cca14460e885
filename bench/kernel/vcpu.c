/* SPDX-License-Identifier: BSD-2-Clause */
/* What L4Linux's processes cost: system calls and page faults of a vCPU's user mode. */
#include "bench.h"

#include "l4sys/vcpu.h"

enum { ROUNDS = 1000, PAGES = 512 };
#define USER_MEMORY 0x60000000ull

static struct abi_task user;
static struct worker worker;

extern char user_calls[], user_writes[];
__asm__(".text\n"
        "user_calls:\tsyscall\n\tjmp user_calls\n"
        "user_writes:\tmovb %al, (%rbx)\n\taddq $4096, %rbx\n\tjmp user_writes\n");

static void start_at(struct l4_vcpu *area, const char *ip)
{
    area->saved_state = L4_VCPU_F_USER_MODE | L4_VCPU_F_FPU_ENABLED;
    area->regs.rip = (uint64_t)ip;
}

/* From one system call of the user's to the next: the entry, and what a server does at least. */
static void calls(struct l4_vcpu *area)
{
    start_at(area, user_calls);
    l4_vcpu_run(area, 0);
    struct bench b = bench_begin();
    for (unsigned i = 0; i < ROUNDS; i++) {
        area->regs.rip += 2;
        area->regs.rcx = area->regs.rip;
        area->regs.r11 = area->regs.rflags;
        l4_vcpu_run(area, 0);
    }
    bench_end(&b, "vcpu-call", ROUNDS);
}

/* Each fault is answered with a page that rides on the resume. */
static void faults(struct l4_vcpu *area)
{
    uint64_t ram = (uint64_t)bench_ram();

    start_at(area, user_writes);
    area->regs.rbx = USER_MEMORY;
    l4_vcpu_run(area, 0);
    struct bench b = bench_begin();
    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t at = area->regs.fault_address & L4_PAGE_MASK;
        l4_put_item(1, at, l4_fpage_mem(ram + at - USER_MEMORY, L4_PAGE_SHIFT, L4_FPAGE_RW));
        l4_vcpu_run(area, 1);
    }
    bench_end(&b, "vcpu-page-fault", PAGES);
}

static void host(struct worker *w)
{
    struct l4_vcpu *area = (struct l4_vcpu *)(w->utcb + L4_PAGE_SIZE);

    bench_need(!l4_vcpu_control(L4_INVALID_CAP, (uint64_t)area), "vCPU");
    area->user_task = user.cap;
    calls(area);
    faults(area);
}

void bench_vcpu(void)
{
    bench_need(task_new(&user), "user task");
    bench_need(worker_start(&worker, &own_task, host, MAIN_PRIORITY + 1) && worker.done, "host");
}
