/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel gives the root task no stack (ABI 11.2). */
    .text
    .globl _start
_start:
    .irp r, rax, rbx, rcx, rdx, rsi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15
    orq %\r, %rdi
    .endr
    movq %rdi, start_registers(%rip)
    leaq start_stack_top(%rip), %rsp
    call abi_main
1:  jmp 1b

/* Threads start here with their struct worker on the stack. */
    .globl worker_start_code
worker_start_code:
    popq %rdi
    andq $-16, %rsp
    call worker_main
1:  jmp 1b

    .data
    .globl start_registers
start_registers:             /* the OR of all general registers at the start (ABI 11.2) */
    .quad 0
    .bss
    .balign 16
    .space 16384
start_stack_top:
    .section .note.GNU-stack, "", @progbits
