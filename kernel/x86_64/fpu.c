/* SPDX-License-Identifier: BSD-2-Clause */
#include "string.h"
#include "x86_64/cpu.h"
#include "x86_64/fpu.h"

enum { CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400, CR4_OSXSAVE = 0x40000 };
enum { XSTATE_X87 = 1, XSTATE_SSE = 2, XSTATE_AVX = 4 };

static uint32_t components; /* what xsave saves; 0: the CPU has only fxsave */

void fpu_init_cpu(void)
{
    uint64_t cr4;
    uint32_t r[4];
    cpuid(1, 0, r);
    bool xsave = r[2] & 1u << 26;
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT | (xsave ? CR4_OSXSAVE : 0);
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
    if (!xsave)
        return;
    cpuid(0xd, 0, r);
    components = r[0] & (XSTATE_X87 | XSTATE_SSE | XSTATE_AVX);
    __asm__ volatile("xsetbv" : : "c"(0), "a"(components), "d"(0));
}

/* Layout of the legacy area: control word at 0, MXCSR at 24; the rest of the start state is 0. */
void fpu_init(struct fpu *fpu)
{
    memset(fpu, 0, sizeof *fpu);
    fpu->legacy[0] = 0x7f;
    fpu->legacy[1] = 0x03;
    fpu->legacy[24] = 0x80;
    fpu->legacy[25] = 0x1f;
}

void fpu_switch(struct fpu *old, const struct fpu *new)
{
    uint32_t what = components;
    if (unlikely(what == 0))
        __asm__ volatile("fxsave64 %0\n\tfxrstor64 %1" : "+m"(*old) : "m"(*new) : "memory");
    else
        __asm__ volatile("xsave64 %0\n\txrstor64 %1"
                         : "+m"(*old)
                         : "m"(*new), "a"(what), "d"(0)
                         : "memory");
}
