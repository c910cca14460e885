/* SPDX-License-Identifier: BSD-2-Clause */
/* In sigma0's place: the first instruction is an exception, and the kernel gives up. */
    .text
    .globl _start
_start:
    ud2
    .section .note.GNU-stack, "", @progbits
