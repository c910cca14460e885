/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entering and leaving the kernel.
 *
 * One CPU, one kernel stack, interrupts off inside: so each entry from user mode stores the user
 * registers into the current thread (the frame that ends at the TSS's rsp0 is its `regs`), starts
 * on the empty kernel stack, and leaves by loading the frame kernel_leave() names. No entry ever
 * returns to where the kernel was; a trap taken in the idle loop just abandons it. Neither sysret
 * nor iret may fault, for the fault would be pushed over the thread: kernel_leave() never returns a
 * frame with a non-canonical rip, and all selectors and flags in a frame are the kernel's choice.
 *
 * The frame is the first 23 words of struct l4_exc_regs (ABI 4.5), r15 at the lowest address.
 */
#define KERNEL_IMAGE 0xffffffff80000000
#define TRAP_SYSCALL 0x100
#define TRAP_UNDEFINED 6

.macro push_registers
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rbx
    pushq $0                /* fault address */
    pushq %rbp
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
.endm

    .text
/* bootstrap calls this at its physical address: 64-bit mode, low 4 GiB mapped one to one. */
    .globl _start
_start:
    cli
    cld
    lea boot_root - KERNEL_IMAGE, %rax
    mov %rax, %cr3
    movabs $kernel_stack_top, %rsp
    movabs $leave, %rax
    pushq %rax              /* kernel_main returns into the real mapping of the kernel */
    movabs $kernel_main, %rax
    jmp *%rax

    .globl syscall_entry
syscall_entry:
    movq %rsp, user_rsp(%rip)
    movq tss_area+4(%rip), %rsp
    pushq $0x23             /* ss */
    pushq user_rsp(%rip)
    pushq %r11              /* rflags */
    pushq $0x2b             /* cs */
    pushq %rcx              /* rip */
    pushq $0                /* error */
    pushq $TRAP_SYSCALL
    push_registers
    leaq kernel_stack_top(%rip), %rsp
    call *syscall_handler(%rip) /* FMASK has cleared DF; see syscall.c */
    testq %rax, %rax
    jnz 1f
leave:
    leaq kernel_stack_top(%rip), %rsp
    call kernel_leave
1:  movq %rax, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rbp
    cmpq $TRAP_SYSCALL, 5*8(%rsp)
    jne 2f
    movq 8(%rsp), %rbx
    movq 16(%rsp), %rdx
    movq 32(%rsp), %rax
    movq 56(%rsp), %rcx     /* rip */
    movq 72(%rsp), %r11     /* rflags */
    movq 80(%rsp), %rsp
    sysretq
2:  addq $8, %rsp
    popq %rbx
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp          /* trap, error */
    cmpb $0x1b, 8(%rsp)
    jne 3f
    movl $0, 4(%rsp)        /* ip of 32-bit code: the CPU may refuse more than that */
3:  iretq

/* A system call from 32-bit code, which only some CPUs let through: an undefined instruction. */
    .globl syscall_entry32
syscall_entry32:
    movq %rsp, user_rsp(%rip)
    movq tss_area+4(%rip), %rsp
    pushq $0x23
    pushq user_rsp(%rip)
    pushq %r11
    pushq $0x1b
    subq $2, %rcx
    pushq %rcx
    pushq $0
    pushq $TRAP_UNDEFINED
    push_registers
    leaq kernel_stack_top(%rip), %rsp
    call trap_from_user
    jmp leave

trap_common:
    push_registers
    pushq $2                /* a gate leaves the user's DF and AC, and AC switches SMAP off */
    popfq
    testb $3, 17*8+8+8(%rsp)    /* cs */
    jz 1f
    leaq kernel_stack_top(%rip), %rsp
    call trap_from_user
    jmp leave
1:  movq %rsp, %rdi
    andq $-16, %rsp
    call trap_from_kernel
    jmp leave

/* Vectors 8, 10..14, 17, 21, 29, 30 come with an error code; the others get a zero. */
    .pushsection .rodata.trap_entries, "a"
    .balign 8
    .globl trap_entries
trap_entries:
    .popsection
    .set vector, 0
    .rept 48
    .balign 16
1000:
    .if !((0x60227d00 >> vector) & 1)
    pushq $0
    .endif
    pushq $vector
    jmp trap_common
    .pushsection .rodata.trap_entries, "a"
    .quad 1000b
    .popsection
    .set vector, vector + 1
    .endr

    .globl cpu_idle
cpu_idle:
    leaq kernel_stack_top(%rip), %rsp
1:  sti
    hlt
    cli
    jmp 1b

/* The instruction behind sti still runs with interrupts off. */
    .globl cpu_take_interrupts
cpu_take_interrupts:
    sti
    nop
    cli
    ret

    .globl cpu_leave
    .set cpu_leave, leave

    .globl cpu_halt
cpu_halt:
    cli
1:  hlt
    jmp 1b

/* Boot page tables: 1 GiB one to one, and the same at the top. */
    .section .data.boot, "aw"
    .balign 4096
boot_root:
    .quad boot_l3 - KERNEL_IMAGE + 3
    .fill 510, 8, 0
    .quad boot_l3 - KERNEL_IMAGE + 3
boot_l3:
    .quad boot_l2 - KERNEL_IMAGE + 3
    .fill 509, 8, 0
    .quad boot_l2 - KERNEL_IMAGE + 3
    .quad 0
boot_l2:
    .set page, 0
    .rept 512
    .quad (page << 21) + 0x83
    .set page, page + 1
    .endr

    .bss
    .balign 16
    .space 16384
kernel_stack_top:
user_rsp:
    .quad 0

    .section .note.GNU-stack, "", @progbits
