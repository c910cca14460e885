/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "l4sys/ipc.h"
#include <l4/vcpu.h>

/* vCPU mode of a thread (ABI 4.6, 8.5). */

/**
 * Makes @thread a vCPU with the state area at @address in ku_mem of its task; there is no way back.
 * -L4_EINVAL: no task, or no ku_mem there.
 */
static inline long l4_vcpu_control(l4_cap_t thread, uint64_t address)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_THREAD_VCPU_CONTROL;
    u->mr[1] = address;
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 2, 0, 0), L4_NEVER));
}

/**
 * Goes on with what `saved_state`, `regs` and `user_task` of @area say, after the @items send items
 * from MR[1] have been mapped into the user task. 0: something has happened in user mode, @area
 * tells what. Negative: nothing was done; no task (-L4_ENOENT), no S on it (-L4_EPERM), an item
 * failed. Only for events in user mode: those of host mode come on the stack where it was.
 */
static inline long l4_vcpu_run(struct l4_vcpu *area, unsigned items)
{
    uint64_t tag = l4_msgtag(L4_PROTO_THREAD, 1, items, 0).raw;
    uint64_t selector = L4_INVALID_CAP | L4_SYSF_CALL;
    register uint64_t timeouts __asm__("r8") = 0;
    l4_utcb()->mr[0] = L4_THREAD_VCPU_RESUME;
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t" /* spare the red zone */
                     "pushq %%rbp\n\t"
                     "movq %%rsp, 0x160(%%rdi)\n\t"
                     "leaq 1f(%%rip), %%rcx\n\t"
                     "movq %%rcx, 0x168(%%rdi)\n\t"
                     "syscall\n\t"
                     "jmp 2f\n"
                     "1:\txorl %%eax, %%eax\n"
                     "2:\tpopq %%rbp\n\t"
                     "leaq 128(%%rsp), %%rsp"
                     : "+a"(tag), "+d"(selector), "+D"(area), "+r"(timeouts)
                     :
                     : "rbx", "rcx", "rsi", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",
                       "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
    return l4_result((l4_msgtag_t){tag});
}
