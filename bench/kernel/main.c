/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include "console/console.h"
#include "l4sys/log.h"
#include "sigma0/client.h"

void abi_main(void);
void harness_init(void);

const char console_name[] = "bench";

/* QEMU ends with status 2 * value + 1. */
static _Noreturn void end(unsigned char value)
{
    sigma0_get_ports(L4_BASE_PAGER_CAP, 0, 16);
    for (;;)
        __asm__ volatile("outb %0, %1" : : "a"(value), "d"((uint16_t)0xf4));
}

void bench_need(bool good, const char *what)
{
    if (good)
        return;
    say("FAIL %s", what);
    end(0x11);
}

struct bench bench_begin(void)
{
    struct l4_counters before = l4_debugger_counters(L4_BASE_DEBUGGER_CAP);
    return (struct bench){before, l4_cycles()};
}

static uint64_t each(uint64_t all, unsigned rounds)
{
    return (all + rounds / 2) / rounds;
}

void bench_report(const struct bench *bench, const char *name, unsigned rounds,
                  uint64_t instructions)
{
    const struct l4_counters now = l4_debugger_counters(L4_BASE_DEBUGGER_CAP);
    const struct l4_counters *before = &bench->before;

    say("%s %lu instructions, %lu entries, %lu switches, %lu faults, %lu cleared", name,
        each(instructions, rounds), each(now.entries - before->entries - 1, rounds),
        each(now.switches - before->switches, rounds), each(now.faults - before->faults, rounds),
        each(now.cleared - before->cleared, rounds));
}

void bench_end(const struct bench *bench, const char *name, unsigned rounds)
{
    bench_report(bench, name, rounds, l4_cycles() - bench->start);
}

char *bench_ram(void)
{
    static char *ram;

    if (!ram)
        ram = harness_ram(BENCH_RAM_ORDER);
    bench_need(ram, "RAM");
    return ram;
}

void abi_main(void)
{
    static void (*const parts[])(void) = {bench_calls, bench_idl, bench_memory, bench_objects,
                                           bench_vcpu};

    harness_init();
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        parts[i]();
        harness_reset();
    }
    end(0x10);
}
