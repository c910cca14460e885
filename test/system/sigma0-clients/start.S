/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of a root task that only asks sigma0: there is no stack. */
    .text
    .globl _start
    .type _start, @function
_start:
    lea stack_end, %rsp
    xor %ebp, %ebp
    call clients_main
    ud2
    .size _start, . - _start

    .bss
    .balign 16
    .skip 16384
stack_end:

    .section .note.GNU-stack, "", @progbits
