/* SPDX-License-Identifier: BSD-2-Clause */
#include "abi.h"

void abi_main(void);


static bool failed;

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
    unsigned long v = value < 0 ? -(unsigned long)value : (unsigned long)value;
    *--p = 0;
    do {
        *--p = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    if (value < 0)
        *--p = '-';
    print(p);
}

static const char *current_name;

void test_fail(const char *file, int line, const char *what)
{
    failed = true;
    print("FAIL ");
    print(current_name);
    print(": ");
    print(file);
    print(":");
    print_number(line);
    print(": ");
    print(what);
}

void test_fail_values(const char *file, int line, const char *what, long a, long b)
{
    test_fail(file, line, what);
    print(" (");
    print_number(a);
    print(", ");
    print_number(b);
    print(")");
}

/* Prints what is typed; pin 0 of the log says when there is something. */
static void echo_for_ever(void)
{
    struct l4_utcb *u = l4_utcb();
    l4_cap_t irq = cap_new();
    l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq);
    l4_irq_bind(irq, L4_BASE_THREAD_CAP, 0x10);
    l4_icu_bind(L4_BASE_LOG_CAP, 0, irq);
    print("waiting for input\n");
    for (;;) {
        char text[L4_LOG_READ_MAX + 1];
        l4_ipc_receive(irq, L4_NEVER);
        u->mr[0] = L4_LOG_READ | 5 << 16; /* in small bites */
        while (l4_result(l4_ipc_call(L4_BASE_LOG_CAP, l4_msgtag(L4_PROTO_LOG, 1, 0, 0), L4_NEVER))
               == 0) {
            uint64_t count = u->mr[0] & 0xffff, last = u->mr[0] >> 31 & 1;
            __builtin_memcpy(text, &u->mr[1], count);
            text[count] = 0;
            print("read ");
            print(text);
            print("\n");
            if (last)
                break;
            u->mr[0] = L4_LOG_READ | 5 << 16;
        }
    }
}

/* Ports are had by asking sigma0; then QEMU ends with status 2 * value + 1. */
static void end(unsigned char value)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = l4_bdr(0, 1, 0);
    u->br[1] = L4_RCV_MAP;
    u->br[2] = l4_fpage_io(0, 16, 0).raw;
    u->br[3] = 0;
    u->mr[0] = l4_fpage_io(0xf4, 2, L4_FPAGE_RW).raw;
    l4_ipc_call(L4_BASE_PAGER_CAP, l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 1, 0, 0), L4_NEVER);
    __asm__ volatile("outb %0, %1" : : "a"(value), "d"((uint16_t)0xf4));
}

void harness_init(void);
bool harness_claim(uint64_t address);

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* True if the command line of this module ends with @word. */
static bool asked_to(const char *word)
{
    const struct l4_mod_info *info = (const struct l4_mod_info *)test_kip()->user_pointer;
    if (!harness_claim((uint64_t)info))
        return false;
    const struct l4_mod *mods = (const struct l4_mod *)info->mods;
    for (unsigned i = 0; i < info->count; i++) {
        const char *p = (const char *)mods[i].cmdline;
        while ((mods[i].flags & L4_MOD_MASK) == L4_MOD_ROOT && *p)
            if (*p++ == ' ' && equal(p, word))
                return true;
    }
    return false;
}

static void fault(struct worker *w)
{
    w->result = *(volatile char *)0x77777000;
}

/* One thread waits for its pager, which sleeps: a picture for the kernel's dump of threads. */
static void wait_for_ever(void)
{
    static struct abi_task child;
    static struct worker w;
    l4_cap_t gate = cap_new();
    l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0);
    task_new(&child);
    l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS);
    worker_start(&w, &child, fault, 50);
    l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    print("waiting for the key\n");
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

/* One suite alone: the figures, which a trace of each instruction can wait for; a conversation. */
static void only(const struct test *t)
{
    for (; t->name; t++) {
        t->run();
        harness_reset();
    }
    end(0x10);
}

void abi_main(void)
{
    unsigned count = 0, bad = 0;
    harness_init();
    if (asked_to("bench"))
        only(bench_tests);
    if (asked_to("stop"))
        only(stop_tests);
    if (asked_to("wait"))
        wait_for_ever();
    if (asked_to("read"))
        echo_for_ever();
    for (unsigned s = 0; suites[s]; s++)
        for (const struct test *t = suites[s]; t->name; t++) {
            current_name = t->name;
            failed = false;
            t->run();
            harness_reset();
            count++;
            bad += failed;
            if (!failed) {
                print("ok ");
                print(t->name);
            }
            print("\n");
        }
    bad += !kernel_audit();
    print_number(count - bad);
    print(" conformance tests passed, ");
    print_number(bad);
    print(" not\n");
    end(bad ? 0x11 : 0x10);
}
