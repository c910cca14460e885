/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of roottask (ABI 11.2): there is no stack, and the first instruction is a page fault to sigma0. */
#define STACK_SIZE 65536

    .text
    .globl _start
    .type _start, @function
_start:
    lea stack_end, %rsp
    xor %ebp, %ebp
    call roottask_main
    ud2
    .size _start, . - _start

    .bss
    .balign 16
    .skip STACK_SIZE
stack_end:

    .section .note.GNU-stack, "", @progbits
