/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

void abi_main(void);
void harness_init(void);

void print(const char *text)
{
    size_t n = 0;

    while (text[n])
        n++;
    l4_log_write(L4_BASE_LOG_CAP, text, n);
}

void print_number(long value)
{
    char digits[24], *p = digits + sizeof digits;

    *--p = 0;
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    print(p);
}

/* Ports are had by asking sigma0; then QEMU ends with status 2 * value + 1. */
static _Noreturn void end(unsigned char value)
{
    struct l4_utcb *u = l4_utcb();

    u->bdr = l4_bdr(0, 1, 0);
    u->br[1] = L4_RCV_MAP;
    u->br[2] = l4_fpage_io(0, 16, 0).raw;
    u->br[3] = 0;
    u->mr[0] = l4_fpage_io(0xf4, 2, L4_FPAGE_RW).raw;
    l4_ipc_call(L4_BASE_PAGER_CAP, l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 1, 0, 0), L4_NEVER);
    for (;;)
        __asm__ volatile("outb %0, %1" : : "a"(value), "d"((uint16_t)0xf4));
}

void bench_need(bool good, const char *what)
{
    if (good)
        return;
    print("FAIL ");
    print(what);
    print("\n");
    end(0x11);
}

struct bench bench_begin(void)
{
    struct l4_counters before = l4_debugger_counters(L4_BASE_DEBUGGER_CAP);
    return (struct bench){before, bench_now()};
}

static void print_part(const char *between, uint64_t all, unsigned rounds)
{
    print(between);
    print_number((long)((all + rounds / 2) / rounds));
}

void bench_report(const struct bench *bench, const char *name, unsigned rounds,
                  uint64_t instructions)
{
    const struct l4_counters now = l4_debugger_counters(L4_BASE_DEBUGGER_CAP);

    print("bench ");
    print(name);
    print_part(" ", instructions, rounds);
    print_part(" instructions, ", now.entries - bench->before.entries - 1, rounds);
    print_part(" entries, ", now.switches - bench->before.switches, rounds);
    print_part(" switches, ", now.faults - bench->before.faults, rounds);
    print_part(" faults, ", now.cleared - bench->before.cleared, rounds);
    print(" cleared\n");
}

void bench_end(const struct bench *bench, const char *name, unsigned rounds)
{
    bench_report(bench, name, rounds, bench_now() - bench->start);
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
    static void (*const parts[])(void) = {bench_calls, bench_idl, bench_memory, bench_objects};

    harness_init();
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        parts[i]();
        harness_reset();
    }
    end(0x10);
}
