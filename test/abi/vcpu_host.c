/* SPDX-License-Identifier: BSD-2-Clause */
#include "vcpu.h"

enum { PATIENCE = 500 }; /* ms */
enum { AREAS = 0x8000 };  /* in the ku_mem of the tests, behind the UTCBs */

struct host host;
static long noted[2];
static char user_stack[4096] __attribute__((aligned(16)));

__asm__(".text\n\t.globl user_call, user_call_end, user_loop, user_undefined, user_read, user_write\n\t"
        ".globl user_port, user_divide, user_break, user_sse, user_load_selectors\n\t"
        ".globl user_segments, user_nops\n"
        "user_call:\tsyscall\n"
        "user_call_end:\tsyscall\n\tjmp user_call\n"
        "user_loop:\tincq %rbx\n\tjmp user_loop\n"
        "user_undefined:\tud2\n"
        "user_read:\tmovq (%rbx), %rax\n\tsyscall\n"
        "user_write:\tmovq %rax, (%rbx)\n\tsyscall\n"
        "user_port:\toutb %al, $0x80\n"
        "user_divide:\txorl %ecx, %ecx\n\tdivl %ecx\n"
        "user_break:\tint3\n\tsyscall\n"
        "user_sse:\tmovq %xmm5, %rax\n\tmovq %rbx, %xmm5\n\tsyscall\n"
        "user_load_selectors:\tmovl $0x2b, %eax\n\tmovw %ax, %ds\n\tmovw %ax, %es\n\tsyscall\n"
        "user_segments:\tmovq %fs:0, %rax\n\tmovq %gs:0, %rbx\n\tmov %ds, %ecx\n\tsyscall\n"
        "user_nops:\tnop\n\tnop\n\tnop\n\tsyscall\n");

void host_note(long a, long b)
{
    noted[0] = a;
    noted[1] = b;
}

static void host_main(struct worker *self)
{
    void (*function)(struct worker *) = (void (*)(struct worker *))self->argument;
    EXPECT(task_new(&host.user));
    EXPECT_EQ(l4_vcpu_control(L4_INVALID_CAP, (uint64_t)host.area), 0);
    EXPECT_EQ(host.area->version, L4_VCPU_VERSION);
    host.area->user_task = host.user.cap;
    function(self);
}

bool host_create(void)
{
    if (!worker_create(&host.worker, &own_task))
        return false;
    host.area = (struct l4_vcpu *)((host.worker.utcb & ~0xffffull) + AREAS);
    __builtin_memset(host.area, 0, sizeof *host.area);
    return true;
}

bool host_run(void (*function)(struct worker *), unsigned priority)
{
    host.worker.argument = (void *)function;
    return worker_run(&host.worker, host_main, priority);
}

bool host_start_below(void (*function)(struct worker *))
{
    return host_create() && host_run(function, MAIN_PRIORITY - 1);
}

bool host_start(void (*function)(struct worker *))
{
    return host_create() && host_run(function, MAIN_PRIORITY + 1);
}

bool host_ended(const char *file)
{
    for (unsigned i = 0; i < PATIENCE && !host.worker.done; i++)
        l4_sleep_us(1000);
    if (host.worker.done && host.worker.result)
        test_fail_values(file, (int)host.worker.result, "in the vCPU", noted[0], noted[1]);
    else if (!host.worker.done)
        test_fail_values(file, 0, "the vCPU stopped at a trap", (long)host.area->regs.trap,
                         (long)host.area->regs.rip);
    return host.worker.done && !host.worker.result;
}

void user_at(const void *ip)
{
    host.area->saved_state = USER_STATE;
    host.area->regs.rip = (uint64_t)ip;
    host.area->regs.rsp = (uint64_t)(user_stack + sizeof user_stack);
    host.area->regs.rflags = 0x202;
    host.area->regs.cs = host.area->user_cs64;
}

long user_go(void)
{
    long error = l4_vcpu_run(host.area, 0);
    return error < 0 ? error : (long)host.area->regs.trap;
}

long user_run(const void *ip)
{
    user_at(ip);
    return user_go();
}
