/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of a static server: rsp points to the stack that roottask has filled. */
    .text
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp
    mov %rsp, %rdi
    and $-16, %rsp
    call libc_start_stack
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
