/* SPDX-License-Identifier: BSD-2-Clause */
/* The first instruction of a root task is a page fault to sigma0. rdi is passed on as it came. */
    .text
    .globl _start
    .type _start, @function
_start:
    lea entry_stack(%rip), %rsp
    add entry_stack_size(%rip), %rsp
    xor %ebp, %ebp
    call entry_main
    ud2
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
