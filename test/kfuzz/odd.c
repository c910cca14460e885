/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that user mode has not, or has only so, and accesses where nothing is. */
#include "kfuzz.h"

#define DO(text) \
    __asm__ volatile(text : : : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r11", "memory")

/* What is not for user mode at all, in the order of chapters: most is a #GP or #UD. */
static void privileged(unsigned which)
{
    switch (which) {
    case 0: DO("hlt"); break;
    case 1: DO("cli"); break;
    case 2: DO("sti"); break;
    case 3: DO("rdmsr"); break;
    case 4: DO("movl $0xc0000082, %%ecx\n\twrmsr"); break;
    case 5: DO("mov %%cr3, %%rax"); break;
    case 6: DO("mov %%rax, %%cr4"); break;
    case 7: DO("mov %%rax, %%dr7"); break;
    case 8: DO("mov %%dr0, %%rax"); break;
    case 9: DO("clts"); break;
    case 10: DO("invlpg (%%rsp)"); break;
    case 11: DO("wbinvd"); break;
    case 12: DO("lgdt (%%rsp)"); break;
    case 13: DO("lidt (%%rsp)"); break;
    case 14: DO("xorl %%eax, %%eax\n\tlldt %%ax"); break;
    case 15: DO("movl $0x40, %%eax\n\tltr %%ax"); break;
    case 16: DO("xorl %%ecx, %%ecx\n\txsetbv"); break;
    case 17: DO("swapgs"); break;
    case 18: DO("sysretq"); break;
    case 19: DO("sysenter"); break;
    case 20: DO("monitor"); break;
    case 21: DO("vmcall"); break;
    case 22: DO("vmrun"); break;
    case 23: DO("rdpmc"); break;
    case 24: DO("invd"); break;
    case 25: DO(".byte 0x0f, 0x35"); break; /* sysexit */
    case 26: DO("movl $3, %%eax\n\tlmsw %%ax"); break;
    default: DO("mov %%rax, %%cr8"); break;
    }
}

/* Traps and interrupts by software. */
static void software(unsigned which)
{
    switch (which) {
    case 0: DO("ud2"); break;
    case 1: DO("int3"); break;
    case 2: DO("int $0x80"); break;
    case 3: DO("int $2"); break;
    case 4: DO("int $8"); break;
    case 5: DO("int $14"); break;
    case 6: DO("int $0x20"); break;
    case 7: DO(".byte 0xf1"); break; /* icebp: #DB */
    case 8: DO("xorl %%ecx, %%ecx\n\tdivl %%ecx"); break;
    case 9: DO("int $1"); break;
    case 10: DO("int $0xff"); break;
    case 11: DO(".byte 0xf0, 0x0f, 0xff"); break;
    default: DO(".byte 0x0f, 0x0b"); break;
    }
}

/* Segment registers: data, code, kernel, task state and table selectors. */
static void segments(struct dice *d)
{
    uint64_t s = dice_below(d, 20) << 3 | dice_below(d, 8);
    if (dice_rarely(d, 4))
        s = dice_word(d) & 0xffff;
    switch (dice_below(d, 6)) {
    case 0: __asm__ volatile("mov %0, %%ds" : : "r"((uint16_t)s)); break;
    case 1: __asm__ volatile("mov %0, %%es" : : "r"((uint16_t)s)); break;
    case 2: __asm__ volatile("mov %0, %%fs" : : "r"((uint16_t)s)); break;
    case 3: __asm__ volatile("mov %0, %%gs" : : "r"((uint16_t)s)); break;
    case 4: __asm__ volatile("mov %0, %%ss\n\tint3" : : "r"((uint16_t)s)); break;
    default: /* a system call in the shadow of a new stack segment */
        __asm__ volatile("movl $0x400, %%r8d\n\tmov %0, %%ss\n\tsyscall"
                         : : "b"((uint16_t)s), "d"(L4_INVALID_CAP | L4_SYSF_RECV), "a"(0)
                         : "rcx", "r11", "r8", "r15", "rdi", "rsi", "memory");
    }
}

/* Flags: single step, alignment, nested task, I/O privilege, direction; then into the kernel. */
static void flags(struct dice *d)
{
    uint64_t f = dice_word(d) & 0x3fffff;
    if (dice_rarely(d, 2))
        __asm__ volatile("movl $0x400, %%r8d\n\tpush %0\n\tpopfq\n\tsyscall"
                         : : "b"(f), "d"(L4_INVALID_CAP | L4_SYSF_RECV), "a"(0)
                         : "rcx", "r11", "r8", "r15", "rdi", "rsi", "memory", "cc");
    else
        __asm__ volatile("push %0\n\tpopfq\n\tmovq 1(%%rsp), %%rax" : : "r"(f)
                         : "rax", "memory", "cc");
    __asm__ volatile("push $2\n\tpopfq" : : : "memory", "cc");
}

/* Jumps that change the code segment, and returns with a frame of our own. */
static void far(struct dice *d)
{
    uint64_t frame[5] = {value(d, 'c'), dice_rarely(d, 3) ? dice_word(d) & 0xff : 0x2b,
                         dice_word(d) & 0x3fffff, value(d, 't'),
                         dice_rarely(d, 3) ? dice_word(d) & 0xff : 0x23};
    if (dice_rarely(d, 3)) { /* into 32-bit code, which makes a system call */
        *(volatile uint32_t *)(CHILD_MEMORY + 0x800) = 0x9090050f;
        frame[0] = CHILD_MEMORY + 0x800;
        frame[1] = 0x1b;
    }
    if (dice_rarely(d, 3))
        __asm__ volatile("mov %0, %%rsp\n\tlretq" : : "r"(frame) : "memory");
    else
        __asm__ volatile("mov %0, %%rsp\n\tiretq" : : "r"(frame) : "memory");
}

static void floating(struct dice *d)
{
    static char area[4096] __attribute__((aligned(64)));
    uint16_t word = (uint16_t)dice_word(d);
    uint32_t control = (uint32_t)dice_word(d) & 0x1ffff;
    for (unsigned i = 0; i < 8; i++)
        *(uint64_t *)&area[dice_below(d, 100) * 8] = dice_word(d);
    switch (dice_below(d, 6)) {
    case 0: __asm__ volatile("fldcw %0\n\tfldz\n\tfld1\n\tfdivp\n\tfwait" : : "m"(word)); break;
    case 1: __asm__ volatile("ldmxcsr %0\n\tdivps %%xmm0, %%xmm1" : : "m"(control) : "xmm1"); break;
    case 2: __asm__ volatile("xrstor %0" : : "m"(area), "a"(-1), "d"(-1)); break;
    case 3: __asm__ volatile("fxrstor %0" : : "m"(area)); break;
    case 4: __asm__ volatile("movaps %0, %%xmm3" : : "m"(area[1]) : "xmm3"); break;
    default: __asm__ volatile("xsave %0" : "=m"(area) : "a"(-1), "d"(-1));
    }
}

static void ports(struct dice *d)
{
    uint16_t port = (uint16_t)(dice_rarely(d, 3) ? dice_word(d) : 0x3000 + dice_below(d, 40));
    if (port == 0xcf9 || port == 0x64 || port == 0xf4 || port == 0x92)
        return; /* should we hold them by mistake, this is not how to notice */
    switch (dice_below(d, 4)) {
    case 0: __asm__ volatile("inb %0, %%al" : : "d"(port) : "rax"); break;
    case 1: __asm__ volatile("outl %%eax, %0" : : "d"(port)); break;
    case 2:
        __asm__ volatile("rep insb" : : "D"(value(d, 'a')), "c"(8), "d"(port) : "memory");
        break;
    default: __asm__ volatile("inw %0, %%ax" : : "d"(port) : "rax");
    }
}

/* Random bytes as code; at the end of user space or of a page, often a system call. */
static void soup(struct dice *d)
{
    uint64_t page = dice_rarely(d, 8) ? CHILD_MEMORY : CHILD_LAST;
    volatile uint8_t *code = (volatile uint8_t *)page + 0x1000 - 16;
    for (unsigned i = 0; i < 16; i++)
        code[i] = (uint8_t)dice_word(d);
    unsigned start = (unsigned)dice_below(d, 16);
    if (dice_rarely(d, 2)) {
        code[14] = 0x0f;
        code[15] = 0x05;
        start = 14;
    }
    __asm__ volatile("movl $0x400, %%r8d\n\tjmp *%0"
                     : : "b"(code + start), "a"(0), "d"(L4_INVALID_CAP | L4_SYSF_RECV)
                     : "r8", "rcx", "r11", "memory");
}

/* A stack where none can be, and something that needs it. */
static void stack(struct dice *d)
{
    uint64_t sp = value(d, 'a');
    switch (dice_below(d, 4)) {
    case 0: __asm__ volatile("mov %0, %%rsp\n\tpush %%rax" : : "r"(sp) : "memory"); break;
    case 1: __asm__ volatile("mov %0, %%rsp\n\tint3" : : "r"(sp) : "memory"); break;
    case 2: __asm__ volatile("mov %0, %%rsp\n\tcall *%1" : : "r"(sp), "r"(sp) : "memory"); break;
    default:
        __asm__ volatile("movl $0x400, %%r8d\n\tmov %0, %%rsp\n\tsyscall\n\tud2"
                         : : "b"(sp), "d"(L4_INVALID_CAP | L4_SYSF_RECV), "a"(0)
                         : "rcx", "r11", "r8", "memory");
    }
}

void odd_instruction(struct fuzzer *f)
{
    struct dice *d = &f->dice;
    switch (dice_below(d, 9)) {
    case 0: privileged((unsigned)dice_below(d, 28)); break;
    case 1: software((unsigned)dice_below(d, 13)); break;
    case 2: segments(d); break;
    case 3: flags(d); break;
    case 4: far(d); break;
    case 5: floating(d); break;
    case 6: ports(d); break;
    case 7: stack(d); break;
    default: soup(d);
    }
}

void odd_access(struct fuzzer *f)
{
    volatile uint8_t *p = (volatile uint8_t *)value(&f->dice, 'a');
    switch (dice_below(&f->dice, 4)) {
    case 0:
        *p = 0x90;
        break;
    case 1:
        ((void (*)(void))(uint64_t)p)();
        break;
    default:
        (void)*p;
    }
}

/* One that is nearly right; @f may go to user mode with it. */
static void fill_state_area(struct fuzzer *f, volatile uint64_t *area)
{
    struct dice *d = &f->dice;
    uint64_t own_gs = f->worker.utcb + L4_UTCB_GS_OFFSET;
    for (unsigned i = 1; i < 0x198 / 8; i++)
        if (dice_rarely(d, 6))
            area[i] = value(d, 'w');
    if (dice_rarely(d, 4))
        area[0] = value(d, 'c'); /* as an area of a trampoline: its handler */
    area[0x40 / 8 + 18] = value(d, 'c'); /* rip */
    area[0x40 / 8 + 19] = dice_rarely(d, 6) ? dice_below(d, 256) : 0x2b;
    area[0x40 / 8 + 20] = dice_rarely(d, 6) ? dice_word(d) : 0x202;
    area[0x40 / 8 + 21] = value(d, 't'); /* rsp */
    area[0x40 / 8 + 24] = own_gs;
    area[0x150 / 8] = dice_rarely(d, 2) ? 0x27 : dice_word(d) & 0x01a701a701a7;
    area[0x158 / 8] = l4_cap(dice_rarely(d, 3) ? S_TASK + dice_below(d, S_SPARE_TASK)
                                               : S_SPARE_TASK) | dice_below(d, 2) << 3;
    area[0x160 / 8] = value(d, 't');
    area[0x168 / 8] = value(d, 'c');
    area[0x178 / 8] = value(d, 'a');
    area[0x180 / 8] = dice_rarely(d, 4) ? value(d, 'a') : own_gs;
    if (dice_rarely(d, 3)) /* selectors of host mode */
        area[0x188 / 8] = dice_word(d) & 0x007b007b007b007b;
}

void odd_state_area(struct fuzzer *f)
{
    struct dice *d = &f->dice;
    volatile uint64_t *area = (volatile uint64_t *)value(d, 'v');
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_THREAD_VCPU_CONTROL;
    u->mr[1] = (uint64_t)area;
    if (dice_rarely(d, 2))
        call_record(f, L4_INVALID_CAP | L4_SYSF_CALL, l4_msgtag(L4_PROTO_THREAD, 2, 0, 0), 0);
    fill_state_area(f, area);
    u->mr[0] = L4_THREAD_VCPU_RESUME;
    if (dice_rarely(d, 2))
        call_record(f, L4_INVALID_CAP | L4_SYSF_CALL, l4_msgtag(L4_PROTO_THREAD, 1, 0, 0), 0);
}

void fuzz_step(struct fuzzer *f)
{
    uint64_t what = dice_below(&f->dice, 100);
    if (what < 45)
        call_shaped(f);
    else if (what < 62)
        call_random(f);
    else if (what < 82)
        call_ipc(f);
    else if (what < 90)
        odd_access(f);
    else if (what < 91)
        call_grow(f);
    else if (what < 97)
        odd_instruction(f);
    else
        odd_state_area(f);
}
