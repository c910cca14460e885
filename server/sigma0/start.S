/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of sigma0 (ABI 11.2): rdi is the address of the kernel info page, there is no stack. */
#define STACK_SIZE 16384

    .text
    .globl _start
    .type _start, @function
_start:
    lea stack_end, %rsp
    xor %ebp, %ebp
    call sigma0_main
    ud2
    .size _start, . - _start

    .bss
    .balign 16
    .skip STACK_SIZE
stack_end:

    .section .note.GNU-stack, "", @progbits
