/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel info page (ABI 10) and the options record (ABI 11.1, version 6). */
    .section .kip, "aw"
    .balign 4096
    .globl kip_page
kip_page:
    .long 0x4be6344c, 0x87034444
    .byte 0x490 >> 4
    .org kip_page + 0x50
    .long 1000              /* scheduler granularity in us */
    .long 0x90, 64          /* memory descriptors */
    .org kip_page + 0x490
    .asciz "L4 Loader kernel 1 x86-64, Fiasco ABI"
    .asciz "abiver:3"
    .asciz "segments"
    .asciz "pf_tramp"
    .byte 0

/* Callable from user mode: microseconds and nanoseconds since reset, from the TSC. */
    .org kip_page + 0x900
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    mulq kip_page + 0x9f0(%rip)
    shrdq $32, %rdx, %rax
    subq kip_page + 0x9e0(%rip), %rax
    ret
    .org kip_page + 0x980
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    mulq kip_page + 0x9f8(%rip)
    shrdq $27, %rdx, %rax
    subq kip_page + 0x9e8(%rip), %rax
    ret
    .org kip_page + 0x9e0
    .globl kip_stopped
kip_stopped:                /* time for which the clock stood still, us and ns */
    .quad 0, 0
    .globl kip_scalers
kip_scalers:
    .quad 0, 0
    .org kip_page + 0x1000

    .section .options, "aw"
    .balign 8
    .globl kernel_options
kernel_options:
    .long 0x4c344b43, 6
    .org kernel_options + 0xdc

    .section .note.GNU-stack, "", @progbits
