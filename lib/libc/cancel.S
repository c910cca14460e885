/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * long __syscall_cp_asm(volatile int *cancel, long n, a, b, c, d, e, f): a system call that is a
 * cancellation point. musl's pthread_cancel wants to know whether a thread is between the labels.
 */
    .text
    .globl __syscall_cp_asm, __cp_begin, __cp_end, __cp_cancel
    .hidden __syscall_cp_asm, __cp_begin, __cp_end, __cp_cancel
    .type __syscall_cp_asm, @function
__syscall_cp_asm:
__cp_begin:
    cmpl $0, (%rdi)
    jne __cp_cancel
    pushq 16(%rsp)          /* f goes to the stack, everything else one register down */
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %rcx
    mov %r9, %r8
    mov 16(%rsp), %r9       /* e */
    call libc_syscall
    add $8, %rsp
__cp_end:
    ret
__cp_cancel:
    jmp __cancel
    .size __syscall_cp_asm, . - __syscall_cp_asm

    .section .note.GNU-stack, "", @progbits
