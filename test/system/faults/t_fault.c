/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "thread/thread.h"
#include "wild.h"

__attribute__((noinline)) static void overflow(volatile char *previous)
{
    volatile char block[1024];

    block[0] = *previous;
    overflow(block);
    block[1] = *previous;
}

/** A thread with a guard page below its stack (H06). */
static void deep(void *argument)
{
    volatile char first = 1;

    (void)argument;
    overflow(&first);
}

static void overflow_in_thread(void)
{
    struct thread_request request = {.name = "deep", .entry = deep, .stack_size = 16384};
    struct thread_info info;
    struct thread *thread;

    if (thread_create(&request, &thread))
        puts("FAIL thread: cannot create");
    thread_describe(thread, &info);
    printf("the guard ends at 0x%lx\n", info.stack_start);
    thread_join(thread);
}

static void jump_to(uintptr_t address)
{
    ((void (*)(void))address)();
}

__attribute__((noinline)) static void illegal(void)
{
    __asm__ volatile("ud2");
}

/** t_fault HOW: does one wrong thing. */
int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    volatile int zero = 0;

    printf("now %s\n", how);
    if (strcmp(how, "read") == 0)
        wild_read((const volatile int *)0x1234);
    else if (strcmp(how, "write") == 0)
        *(volatile char *)(uintptr_t)wild_read = 1;
    else if (strcmp(how, "jump") == 0)
        jump_to(0x666000);
    else if (strcmp(how, "data") == 0)
        jump_to((uintptr_t)&zero);
    else if (strcmp(how, "divide") == 0)
        return 100 / zero;
    else if (strcmp(how, "illegal") == 0)
        illegal();
    else if (strcmp(how, "port") == 0)
        __asm__ volatile("outb %%al, $0x80" : : "a"(0));
    else if (strcmp(how, "kernel") == 0)
        wild_read((const volatile int *)0xffffffff80000000);
    else if (strcmp(how, "noncanonical") == 0)
        wild_read((const volatile int *)0x1234567800000000);
    else if (strcmp(how, "guard") == 0)
        overflow_in_thread();
    else if (strcmp(how, "stack") == 0)
        overflow((volatile char *)&zero);
    printf("FAIL %s: nothing happened\n", how);
    return 0;
}
