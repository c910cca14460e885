/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A root task that asks sigma0 as two clients: what one has the other does not get (B07), errors
 * have the numbers of ABI 9, random messages do no harm (G15), and every owner is in the dump
 * (B08).
 */
#include <l4/kip.h>
#include <x86/port.h>

#include "entry/entry.h"
#include "l4sys/log.h"
#include "l4sys/task.h"
#include "sigma0/client.h"
#include "string/format.h"

ENTRY_STACK(16384);

enum { SECOND = 0x20, NO_RIGHT = 0x21, SPARE = 0x22 };
static const l4_cap_t first = L4_BASE_PAGER_CAP, second = SECOND << L4_CAP_SHIFT,
                      without_s = NO_RIGHT << L4_CAP_SHIFT, spare = SPARE << L4_CAP_SHIFT;

static unsigned failures;
static const struct l4_kip *kip;

static void say(const char *text, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *text, ...)
{
    char line[160];
    va_list list;

    va_start(list, text);
    size_t used = format_list(line, sizeof line - 1, text, list);
    va_end(list);
    line[used++] = '\n';
    l4_log_write(L4_BASE_LOG_CAP, line, used);
}

static void is(const char *what, long got, long want)
{
    if (got == want) {
        say("ok %s", what);
    } else {
        say("FAIL %s: %ld, want %ld", what, got, want);
        failures++;
    }
}

static long ram(l4_cap_t client, uint64_t at, unsigned order)
{
    return sigma0_get_ram(client, at, order, sigma0_everywhere());
}

static long iomem(l4_cap_t client, uint64_t at, unsigned order)
{
    return sigma0_get_iomem(client, at, order, sigma0_everywhere());
}

static uint64_t top_of_ram(void)
{
    const struct l4_mem_desc *d =
        (const struct l4_mem_desc *)((const char *)kip + kip->mem_desc_at);
    uint64_t top = 0;

    for (unsigned i = 0; i < kip->mem_desc_slots; i++)
        if (l4_mem_desc_type(d[i]) == L4_MEM_CONVENTIONAL && !(d[i].low & L4_MEM_VIRTUAL)
            && l4_mem_desc_end(d[i]) > top)
            top = l4_mem_desc_end(d[i]);
    return top;
}

static void test_kip(void)
{
    uint64_t at = 0;

    is("kip", sigma0_get_kip(first, sigma0_everywhere(), &at), 0);
    kip = (const struct l4_kip *)at;
    is("kip magic", kip->magic, L4_KIP_MAGIC);
    say("kernel version 0x%x, %s", kip->version, (const char *)kip + (kip->strings_at << 4));
    say("top of RAM %lu MiB", (top_of_ram() + (1 << 20) - 1) >> 20);
}

/* B07 */
static void test_first_asker_only(void)
{
    uint64_t page = 0, other = 0;

    is("new client", sigma0_get_client(first, second), 0);
    is("any page", sigma0_get_any(first, 12, sigma0_everywhere(), &page), 0);
    volatile uint64_t *word = (volatile uint64_t *)page;
    *word = 0x1234;
    is("the page of another", ram(second, page, 12), -L4_ENOMEM);
    *word += 1;
    is("the first asker still writes", (long)*word, 0x1235);
    is("the same page again", ram(first, page, 12), 0);
    is("any page for the second", sigma0_get_any(second, 12, sigma0_everywhere(), &other), 0);
    is("it is another page", other != page && other != 0, 1);
    is("the other way round", ram(first, other, 12), -L4_ENOMEM);
    is("a range with a foreign page in it", ram(first, other & ~0x3fffull, 14), -L4_ENOMEM);
    is("memory of the boot loader is the root task's", ram(second, kip->user_pointer, 12),
       -L4_ENOMEM);
    is("so the root task gets it", ram(first, kip->user_pointer, 12), 0);
    *(volatile char *)0x8000000 = 1; /* page fault */
    is("a page got by page fault", ram(second, 0x8000000, 12), -L4_ENOMEM);
    is("the page behind it", ram(second, 0x8001000, 12), 0);
}

static void test_errors(void)
{
    is("memory of the kernel", ram(first, 0x400000, 12), -L4_ENOMEM);
    is("memory of sigma0", ram(first, 0x1000000, 12), -L4_ENOMEM);
    is("no RAM", ram(first, 0x2000000000, 12), -L4_ENOMEM);
    is("too small", ram(first, 0x9000000, 11), -L4_EINVAL);
    is("misaligned", ram(first, 0x9001000, 13), -L4_EINVAL);
    is("RAM as I/O memory", iomem(first, 0x9000000, 12), -L4_ENOMEM);
    is("I/O memory for two", iomem(first, 0xa0000, 15) | iomem(second, 0xa0000, 15), 0);
    is("client without S right", l4_task_map_cap(L4_BASE_TASK_CAP, first, without_s, L4_CAP_RW), 0);
    is("makes no clients", sigma0_get_client(without_s, spare), -L4_EPERM);
    l4_receive_nothing();
    l4_utcb()->mr[0] = 0;
    is("another protocol",
       l4_result(l4_ipc_call(first, l4_msgtag(L4_PROTO_LOG, 1, 0, 0), L4_NEVER)), -L4_EBADPROTO);
    l4_utcb()->mr[0] = L4_SIGMA0_OP_MASK;
    is("another request",
       l4_result(l4_ipc_call(first, l4_msgtag(L4_PROTO_SIGMA0, 1, 0, 0), L4_NEVER)), -L4_ENOSYS);
}

/* A page fault as the kernel would send it: at @address, to write if @write. */
static long fault(l4_cap_t client, uint64_t address, bool write)
{
    struct l4_utcb *u = l4_utcb();

    l4_receive_window(sigma0_everywhere());
    u->mr[0] = (address & ~7ull) | (write ? 2 : 0);
    u->mr[1] = 0x1234;
    return l4_result(l4_ipc_call(client, l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0), L4_NEVER));
}

static long cached(l4_cap_t client, uint64_t at, unsigned order)
{
    struct l4_utcb *u = l4_utcb();

    l4_receive_window(sigma0_everywhere());
    u->mr[0] = L4_SIGMA0_IOMEM_CACHED;
    u->mr[1] = l4_fpage_mem(at, order, L4_FPAGE_RW).raw;
    return l4_result(l4_ipc_call(client, l4_msgtag(L4_PROTO_SIGMA0, 2, 0, 0), L4_NEVER));
}

/* G06, G07: the screen and the BIOS by request only, cached or not; page 0, too. */
static void test_devices(void)
{
    volatile uint16_t *screen = (volatile uint16_t *)0xb8000;

    is("the screen by page fault", fault(first, 0xb8000, true), -L4_ENOMEM);
    is("the BIOS by page fault", fault(first, 0xf0000, false), -L4_ENOMEM);
    is("the screen", iomem(first, 0xb8000, 15), 0);
    *screen = 0x0741;
    is("it keeps what is written", *screen, 0x0741);
    is("the screen, cached", cached(second, 0xb8000, 12), 0);
    is("it is the same", *screen, 0x0741);
    is("the BIOS", iomem(first, 0xf0000, 16), 0);
    is("its entry is a far jump", *(volatile uint8_t *)0xffff0, 0xea);
    is("RAM as cached I/O memory", cached(first, 0x9000000, 12), -L4_ENOMEM);
    is("misaligned I/O memory", iomem(first, 0xb8000, 16), -L4_EINVAL);
    is("registers of the interrupt controller", iomem(first, 0xfee00000, 12), 0);
    is("page 0 by page fault", fault(second, 0x10, false), -L4_ENOMEM);
    is("page 0 as RAM", ram(second, 0, 12), -L4_ENOMEM);
    is("page 0 with the data of the BIOS",
       sigma0_get_iomem(second, 0, 12, l4_fpage_mem(0x20000000, 12, L4_FPAGE_RW)), 0);
    is("639 KiB of RAM, it says", *(volatile uint16_t *)0x20000413, 639);
}

static void test_ports(void)
{
    is("ports", sigma0_get_ports(first, 0xf4, 2), 0);
    is("the same ports again", sigma0_get_ports(first, 0xf4, 2), 0);
    is("an overlapping range", sigma0_get_ports(first, 0xf0, 3), -L4_ENOMEM);
    is("ports of another", sigma0_get_ports(second, 0xf5, 0), -L4_ENOMEM);
    is("the ports beside them", sigma0_get_ports(second, 0xf8, 2), 0);
}

static uint64_t random_word(void)
{
    static uint64_t state = 88172645463325252ull;

    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/*
 * No item of an answer is taken: what sigma0 gives away is lost, but nobody else may lose a page.
 */
static void test_random_messages(void)
{
    static const long labels[] = {L4_PROTO_SIGMA0, L4_PROTO_SIGMA0, L4_PROTO_PAGE_FAULT,
                                  L4_PROTO_IO_PAGE_FAULT, L4_PROTO_FACTORY, 0, 5, -100};
    struct l4_utcb *u = l4_utcb();
    uint64_t mine = 0;
    long error = sigma0_get_any(first, 12, sigma0_everywhere(), &mine);

    *(volatile uint64_t *)mine = 77;
    for (unsigned i = 0; i < 3000 && error == 0; i++) {
        uint64_t what = random_word();
        u->bdr = 0;
        u->br[0] = 0;
        u->mr[0] = what & 1 ? ~0xffull | (what >> 8 & 0xf0) : random_word();
        if ((u->mr[0] & 0xf0) == (L4_SIGMA0_DUMP & 0xf0) && what & 1)
            continue;
        u->mr[1] = l4_fpage_mem(random_word() & 0xffff000, 11 + (what >> 20) % 5, 7).raw;
        l4_ipc_call(second, l4_msgtag(labels[what >> 32 & 7], what >> 40 & 3, 0, 0), L4_NEVER);
    }
    is("sigma0 lives after random messages", ram(first, mine, 12), 0);
    is("and no page was lost", (long)*(volatile uint64_t *)mine, 77);
}

static void take_all(l4_cap_t client)
{
    uint64_t at;

    for (unsigned order = 30; order >= 12; order--)
        while (sigma0_get_any(client, order, sigma0_everywhere(), &at) == 0)
            ;
}

_Noreturn void entry_main(const struct l4_kip *none)
{
    (void)none;
    test_kip();
    test_first_asker_only();
    test_errors();
    test_devices();
    test_ports();
    test_random_messages();
    take_all(first);
    is("nothing is left", sigma0_get_any(second, 12, sigma0_everywhere(), &(uint64_t){0}),
       -L4_ENOMEM);
    is("dump", sigma0_dump(first), 0);
    say("%u failures", failures);
    out8(0xf4, failures ? 0x11 : 0x10);
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}
