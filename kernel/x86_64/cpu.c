/* SPDX-License-Identifier: BSD-2-Clause */
#include "print.h"
#include "x86_64/cpu.h"
#include "x86_64/fpu.h"
#include "x86_64/trap.h"

enum { MSR_EFER = 0xc0000080, MSR_STAR = 0xc0000081, MSR_LSTAR = 0xc0000082, MSR_CSTAR = 0xc0000083,
       MSR_FMASK = 0xc0000084, MSR_PAT = 0x277 };
enum { EFER_SCE = 0x1, EFER_NXE = 0x800 };
enum { CR0_MP = 0x2, CR0_EM = 0x4, CR0_TS = 0x8, CR0_NE = 0x20, CR0_WP = 0x10000 };
enum { CR4_TSD = 0x4, CR4_PGE = 0x80, CR4_UMIP = 0x800, CR4_FSGSBASE = 0x10000, CR4_SMEP = 0x100000,
       CR4_SMAP = 0x200000 };
enum { IST_FATAL = 1 };
enum { IO_BITMAP_AT = 0x1000, IO_BITMAP_END = 0x3000, NO_BITMAP = 0xffff };

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3], reserved1, ist[7], reserved2;
    uint16_t reserved3, io_bitmap;
} __attribute__((packed));

struct gate_descriptor {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_mid;
    uint32_t offset_high, reserved;
};

/*
 * TSS, then the I/O bitmap of the running task (its two pages are mapped in here), then the byte
 * of ones that must follow it.
 */
char tss_area[4 * 4096] __attribute__((aligned(4096)));

static struct gate_descriptor idt[256] __attribute__((aligned(16)));
static uint64_t gdt[8] = {
    0,
    0x00af9a000000ffff, /* kernel code, 64 bit */
    0x00cf92000000ffff, /* kernel data */
    0x00cffa000000ffff, /* user code, 32 bit */
    0x00cff2000000ffff, /* user data */
    0x00affa000000ffff, /* user code, 64 bit */
};
static char fatal_stack[4096] __attribute__((aligned(16)));

static struct tss *tss(void)
{
    return (struct tss *)tss_area;
}

bool cpu_has_nx(void)
{
    uint32_t r[4];
    cpuid(0x80000001, 0, r);
    return r[3] & (1u << 20);
}

void cpu_enable_nx(void)
{
    if (cpu_has_nx())
        cpu_write_msr(MSR_EFER, cpu_read_msr(MSR_EFER) | EFER_NXE);
}

unsigned cpu_phys_bits(void)
{
    uint32_t r[4];
    cpuid(0x80000000, 0, r);
    if (r[0] < 0x80000008)
        return 36;
    cpuid(0x80000008, 0, r);
    return r[0] & 0xff;
}

static void init_gdt(void)
{
    uint64_t base = (uint64_t)tss_area;
    gdt[6] = IO_BITMAP_END | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    gdt[7] = base >> 32;
    tss()->ist[IST_FATAL - 1] = (uint64_t)fatal_stack + sizeof fatal_stack;
    tss()->io_bitmap = NO_BITMAP;
    tss_area[IO_BITMAP_END] = (char)0xff;
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof gdt - 1, (uint64_t)gdt};
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\tleaq 1f(%%rip), %%rax\n\tpushq %%rax\n\tlretq\n"
                     "1:\tmov %2, %%ss\n\tltr %w3"
                     :
                     : "m"(pointer), "i"(SEL_KERNEL_CODE), "r"(SEL_KERNEL_DATA), "r"(SEL_TSS)
                     : "rax", "memory");
}

static void init_idt(void)
{
    for (unsigned v = 0; v < TRAP_VECTORS; v++) {
        uint64_t entry = trap_entries[v];
        bool fatal = v == TRAP_NMI || v == TRAP_DOUBLE_FAULT || v == TRAP_MACHINE_CHECK;
        idt[v] = (struct gate_descriptor){
            .offset_low = entry & 0xffff,
            .offset_mid = entry >> 16 & 0xffff,
            .offset_high = (uint32_t)(entry >> 32),
            .selector = SEL_KERNEL_CODE,
            .ist = fatal ? IST_FATAL : 0,
            .type = v == TRAP_BREAKPOINT ? 0xee : 0x8e,
        };
    }
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof idt - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

static void init_protection(void)
{
    uint64_t cr0, cr4;
    uint32_t r[4];
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    cr0 = (cr0 & ~(uint64_t)(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE | CR0_WP;
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0));
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    cr4 = (cr4 & ~(uint64_t)(CR4_TSD | CR4_FSGSBASE)) | CR4_PGE;
    cpuid(0, 0, r);
    if (r[0] >= 7) {
        cpuid(7, 0, r);
        cr4 |= (r[1] & 1u << 7 ? CR4_SMEP : 0) | (r[1] & 1u << 20 ? CR4_SMAP : 0)
               | (r[2] & 1u << 2 ? CR4_UMIP : 0);
    }
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
}

void cpu_init(void)
{
    init_gdt();
    init_idt();
    init_protection();
    cpu_write_msr(MSR_EFER, cpu_read_msr(MSR_EFER) | EFER_SCE);
    cpu_write_msr(MSR_STAR, 0x08ull << 32 | 0x1bull << 48);
    cpu_write_msr(MSR_LSTAR, (uint64_t)syscall_entry);
    cpu_write_msr(MSR_CSTAR, (uint64_t)syscall_entry32);
    cpu_write_msr(MSR_FMASK, 0xffffffff);
    cpu_write_msr(MSR_PAT, 0x0007040100070406); /* reset value, but entry 4 is write combining */
    fpu_init_cpu();
}

void cpu_set_frame(void *frame_top)
{
    tss()->rsp[0] = (uint64_t)frame_top;
}

void cpu_allow_ports(bool allow)
{
    tss()->io_bitmap = allow ? IO_BITMAP_AT : NO_BITMAP;
}
