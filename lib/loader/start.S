/* SPDX-License-Identifier: BSD-2-Clause */

/* First instruction of a native task: rsp is the top of the stack, all other registers are 0. */
    .text
    .globl __l4_loader_start
    .type __l4_loader_start, @function
__l4_loader_start:
    xor %ebp, %ebp
    and $-16, %rsp
    call loader_main
    hlt
    .section .note.GNU-stack, "", @progbits
