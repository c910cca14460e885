/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of a test module: calls module_main(argc, argv) on the stack that roottask has made. */
    .text
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp
    mov (%rsp), %rdi
    lea 8(%rsp), %rsi
    and $-16, %rsp
    call module_main
1:  mov $~0x7fd, %rdx   /* L4_INVALID_CAP | receive: sleeps for ever */
    xor %eax, %eax
    xor %r8d, %r8d
    syscall
    jmp 1b
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
