/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entered by a multiboot loader: 32-bit protected mode, flat segments, paging and interrupts off,
 * eax = loader magic, ebx = physical address of the multiboot information. Maps the first 4 GiB
 * one-to-one with 2 MiB pages, switches to long mode, calls bootstrap_main(magic, info).
 */
#define MB_MAGIC 0x1badb002
#define MB_FLAGS 0x3 /* modules page aligned, memory information wanted */

    .section .multiboot, "a"
    .balign 4
    .long MB_MAGIC, MB_FLAGS, -(MB_MAGIC + MB_FLAGS)

    .section .text.start, "ax"
    .code32
    .globl _start
_start:
    cli
    cld
    mov $stack_end, %esp
    mov %eax, %ebp

    mov $table_pml4, %edi           /* PML4[0] -> PDPT, PDPT[0..3] -> four page directories */
    lea table_pdpt + 3, %eax
    mov %eax, (%edi)
    mov $table_pdpt, %edi
    lea table_pd + 3, %eax
    mov $4, %ecx
1:  mov %eax, (%edi)
    add $8, %edi
    add $0x1000, %eax
    loop 1b

    mov $table_pd, %edi             /* 2048 pages of 2 MiB: present, writable, large */
    mov $0x83, %eax
    mov $2048, %ecx
2:  mov %eax, (%edi)
    add $8, %edi
    add $0x200000, %eax
    loop 2b

    mov %cr4, %eax
    or $0x20, %eax                  /* PAE */
    mov %eax, %cr4
    mov $table_pml4, %eax
    mov %eax, %cr3
    mov $0xc0000080, %ecx           /* EFER.LME */
    rdmsr
    or $0x100, %eax
    wrmsr
    mov %cr0, %eax
    or $0x80000001, %eax            /* PG, PE */
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $0x08, $long_mode

    .code64
long_mode:
    mov $0x10, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov %eax, %fs
    mov %eax, %gs
    mov $stack_end, %rsp
    mov %ebp, %edi
    mov %ebx, %esi
    call bootstrap_main
1:  hlt
    jmp 1b

    .section .rodata
    .balign 8
gdt:
    .quad 0
    .quad 0x00af9b000000ffff        /* 0x08: 64-bit code */
    .quad 0x00cf93000000ffff        /* 0x10: data */
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .quad gdt

    .bss
    .balign 4096
table_pml4: .skip 4096
table_pdpt: .skip 4096
table_pd:   .skip 4 * 4096
    .balign 16
    .skip 16384
stack_end:

    .section .note.GNU-stack, "", @progbits
