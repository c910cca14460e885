/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "../check.h"
#include "l4sys/ipc.h"

static void int3(void)
{
    __asm__ volatile("int3");
}

/* As programs of L4's early years entered the kernel debugger: the text follows. */
static void int3_with_text(void)
{
    __asm__ volatile("int3; jmp 1f; .byte 5; .ascii \"enter\"; 1:");
}

static void int3_long(void)
{
    __asm__ volatile(".byte 0xcd, 3");
}

static void debug_trap(void)
{
    __asm__ volatile(".byte 0xf1");
}

static void single_step(void)
{
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop" ::: "cc", "memory");
}

static void halt(void)
{
    __asm__ volatile("hlt");
}

static void disable_interrupts(void)
{
    __asm__ volatile("cli");
}

static void control_register(void)
{
    __asm__ volatile("mov %%cr0, %%rax" ::: "rax");
}

static void kernel_interrupt(void)
{
    __asm__ volatile("int $14");
}

static void old_call(void)
{
    __asm__ volatile("int $0x30");
}

static const struct trap {
    const char *name;
    void (*make)(void);
} traps[] = {
    {"int3", int3}, {"int3-text", int3_with_text}, {"int3-long", int3_long},
    {"debug-trap", debug_trap}, {"single-step", single_step}, {"halt", halt},
    {"disable-interrupts", disable_interrupts}, {"control-register", control_register},
    {"kernel-interrupt", kernel_interrupt}, {"old-call", old_call},
};

/* The task's capability at the debugger object is for names. */
static long ask_debugger(unsigned words, uint64_t operation)
{
    static const char text[] = "*#enter";

    l4_utcb()->mr[0] = operation;
    l4_utcb()->mr[1] = sizeof text - 1;
    memcpy(&l4_utcb()->mr[2], text, sizeof text);
    return l4_result(l4_ipc_call(TASK_CAP_DEBUGGER, l4_msgtag(L4_PROTO_DEBUGGER, words, 0, 0),
                                 L4_NEVER));
}

/** t_trap NAME: does it, and should not come back; t_trap ask: asks the debugger object. */
int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "ask";

    for (unsigned i = 0; i < sizeof traps / sizeof traps[0]; i++)
        if (strcmp(name, traps[i].name) == 0) {
            traps[i].make();
            printf("FAIL %s: goes on\n", name);
            return 1;
        }
    CHECK("empty-message", ask_debugger(0, 0) < 0);
    CHECK("enter", ask_debugger(2, 0) < 0);
    CHECK("enter-with-commands", ask_debugger(3, 0) < 0);
    return check_result();
}
