/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of a static program that the loader starts as a Sigma0 client: if it was given no stack,
 * it uses its own, with the vectors of a program that got no arguments.
 */
#define AT_PHDR 3
#define AT_PHENT 4
#define AT_PHNUM 5
#define AT_PAGESZ 6
#define PHENT 56
#define STACK_SIZE 65536

    .text
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp
    mov %rsp, %rdi
    test %rsp, %rsp
    jnz 1f
    lea stack_end, %rsp
    lea vectors, %rdi
    movzwl __ehdr_start + 56, %eax /* e_phnum */
    mov %rax, phnum
1:  and $-16, %rsp
    call libc_start_stack
    .size _start, . - _start

    .section .rodata
name: .asciz "program"

    .data
    .balign 8
vectors:
    .quad 1, name, 0                /* argc, argv */
    .quad 0                         /* no environment */
    .quad AT_PHDR, __ehdr_start + 64
    .quad AT_PHENT, PHENT
    .quad AT_PHNUM
phnum:
    .quad 0
    .quad AT_PAGESZ, 4096
    .quad 0, 0

    .bss
    .balign 16
    .skip STACK_SIZE
stack_end:

    .section .note.GNU-stack, "", @progbits
