/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel info page, module information, sigma0's protocol (ABI 9, 10, 11.3). */
#include "abi.h"

enum { WHOLE = L4_WHOLE_SPACE };

bool harness_claim(uint64_t address);

/* --- kernel info page --- */

static void test_kip_fields(void)
{
    const struct l4_kip *kip = test_kip();
    CHECK_EQ(kip->magic, L4_KIP_MAGIC);
    CHECK_EQ(kip->version & L4_KIP_VERSION_MASK, L4_KIP_VERSION & L4_KIP_VERSION_MASK);
    CHECK_EQ(kip->kip_syscalls, 0);
    CHECK_EQ(kip->node, 0);
    CHECK_EQ(kip->device_tree, 0);
    CHECK(kip->sigma0_entry && kip->root_entry && kip->user_pointer && kip->cpu_khz);
    CHECK(kip->granularity_us > 0);
    CHECK((uint64_t)kip % L4_PAGE_SIZE == 0);
    CHECK(kip->platform[0] && !kip->platform[15]);
}

static size_t length(const char *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}

static bool equal(const char *a, const char *b)
{
    return length(a) == length(b) && !__builtin_memcmp(a, b, length(a));
}

/* The version string, then features up to an empty string. */
static void test_kip_strings(void)
{
    const struct l4_kip *kip = test_kip();
    const char *text = (const char *)kip + kip->strings_at * 16, *end = (const char *)kip + 0x900;
    bool version = false, segments = false;
    CHECK(length(text) > 0);
    for (text += length(text) + 1; text < end && *text; text += length(text) + 1) {
        version |= equal(text, "abiver:3");
        segments |= equal(text, "segments");
    }
    CHECK(text < end);
    CHECK(version && segments);
}

static void test_kip_memory(void)
{
    const struct l4_kip *kip = test_kip();
    const char *first = (const char *)kip + kip->mem_desc_at;
    const struct l4_mem_desc *d = (const struct l4_mem_desc *)first;
    bool ram = false, user = false, hole = false, kernel = false, sigma0 = false, root = false;
    for (unsigned i = 0; i < kip->mem_desc_slots; i++) {
        enum l4_mem_type type = l4_mem_desc_type(d[i]);
        uint64_t start = l4_mem_desc_start(d[i]), end = l4_mem_desc_end(d[i]);
        bool is_virtual = d[i].low & L4_MEM_VIRTUAL;
        ram |= type == L4_MEM_CONVENTIONAL && !is_virtual;
        user |= type == L4_MEM_CONVENTIONAL && is_virtual && !start && end == 0x800000000000;
        hole |= type == L4_MEM_RESERVED && is_virtual && start == 0x800000000000;
        kernel |= type == L4_MEM_RESERVED && !is_virtual;
        sigma0 |= type == L4_MEM_DEDICATED && start <= kip->sigma0_entry && kip->sigma0_entry < end;
        root |= type == L4_MEM_BOOTLOADER && start <= kip->root_entry && kip->root_entry < end;
    }
    CHECK(ram && user && hole && kernel && sigma0 && root);
}

/* Both functions leave all but rax and rdx alone, and count the same time. */
static void test_kip_clock(void)
{
    const char *kip = (const char *)test_kip();
    uint64_t us, ns, later, rcx = 0x11, rsi = 0x22;
    __asm__ volatile("call *%3" : "=a"(us), "+c"(rcx), "+S"(rsi) : "r"(kip + L4_KIP_CLOCK_US)
                     : "rdx", "memory", "cc");
    __asm__ volatile("call *%1" : "=a"(ns) : "r"(kip + L4_KIP_CLOCK_NS) : "rdx", "memory", "cc");
    CHECK(rcx == 0x11 && rsi == 0x22);
    CHECK(ns / 1000 >= us && ns / 1000 < us + 100000);
    l4_sleep_us(10000);
    __asm__ volatile("call *%1" : "=a"(later) : "r"(kip + L4_KIP_CLOCK_US) : "rdx", "memory", "cc");
    CHECK(later >= us + 10000);
    CHECK(test_kip()->clock_us + 20000 >= later); /* no older than some ticks */
}

static void test_modules(void)
{
    const struct l4_mod_info *info = (const struct l4_mod_info *)test_kip()->user_pointer;
    unsigned kinds = 0;
    CHECK(harness_claim((uint64_t)info & L4_PAGE_MASK));
    CHECK(info->count >= 3);
    const struct l4_mod *mods = (const struct l4_mod *)info->mods;
    for (unsigned i = 0; i < info->count; i++) {
        CHECK(mods[i].start % L4_PAGE_SIZE == 0 && mods[i].start < mods[i].end);
        CHECK(length((const char *)mods[i].cmdline) > 0);
        kinds |= 1u << (mods[i].flags & L4_MOD_MASK);
    }
    CHECK_EQ(kinds & 0xe, 0xe); /* kernel, sigma0 and root task are listed */
}

/* --- sigma0 --- */

static l4_msgtag_t ask_tag(long protocol, uint64_t request, uint64_t argument, l4_fpage_t window)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = 0;
    u->br[0] = L4_RCV_MAP;
    u->br[1] = window.raw;
    u->br[2] = 0;
    u->mr[0] = request;
    u->mr[1] = argument;
    return l4_ipc_call(L4_BASE_PAGER_CAP, l4_msgtag(protocol, 2, 0, 0), L4_NEVER);
}

static long ask(long protocol, uint64_t request, uint64_t argument)
{
    return l4_result(ask_tag(protocol, request, argument, l4_fpage_mem(0, WHOLE, 0)));
}

static void test_sigma0_errors(void)
{
    uint64_t page = l4_fpage_mem((uint64_t)test_memory(), 12, 0).raw;
    CHECK_EQ(ask(L4_PROTO_SIGMA0, L4_SIGMA0_RAM, l4_fpage_mem(0x1000, 13, 0).raw), -L4_EINVAL);
    CHECK_EQ(ask(L4_PROTO_SIGMA0, L4_SIGMA0_RAM, l4_fpage_mem(0x1000, 11, 0).raw), -L4_EINVAL);
    CHECK_EQ(ask(L4_PROTO_SIGMA0, L4_SIGMA0_ANY_RAM, l4_fpage_mem(0, 40, 0).raw), -L4_ENOMEM);
    CHECK_EQ(ask(L4_PROTO_SIGMA0, 0xffffffffffffff10, page), -L4_ENOSYS);
    CHECK_EQ(ask(L4_PROTO_SIGMA0, L4_SIGMA0_RAM & 0xffff, page), -L4_ENOSYS);
    CHECK_EQ(ask(77, L4_SIGMA0_RAM, page), -L4_EBADPROTO);
    CHECK_EQ(ask(L4_PROTO_SIGMA0, L4_SIGMA0_RAM, l4_fpage_mem(0x400000, 12, 0).raw),
             -L4_ENOMEM); /* the kernel */
    long coverage = ask(L4_PROTO_SIGMA0, L4_SIGMA0_COVERAGE, 0);
    CHECK(coverage == 0 || coverage == -L4_ENOSYS);
}

/* What the items of sigma0 look like: attributes, order and where they lie. */
static void test_sigma0_items(void)
{
    struct l4_utcb *u = l4_utcb();
    const uint64_t memory = 12 << 6 | L4_FPAGE_MEMORY << 4 | L4_ITEM_MAP;
    l4_msgtag_t tag = ask_tag(L4_PROTO_SIGMA0, L4_SIGMA0_ANY_RAM, l4_fpage_mem(0, 12, 0).raw,
                              l4_fpage_mem(0, WHOLE, 0));
    CHECK_EQ(tag.raw, l4_msgtag(0, 0, 1, 0).raw);
    CHECK_EQ(u->mr[0] & 0xffe, memory);
    volatile char *page = (volatile char *)(u->mr[0] & L4_PAGE_MASK);
    *page = 'w';
    CHECK_EQ(*page, 'w');
    /* Somewhere else than one-to-one, as the window says. */
    u->mr[0] = 0;
    tag = ask_tag(L4_PROTO_SIGMA0, L4_SIGMA0_KIP, 0, l4_fpage_mem(0x72000000, 12, 0));
    CHECK_EQ(tag.raw, l4_msgtag(0, 0, 1, 0).raw);
    CHECK_EQ(u->mr[0] & L4_PAGE_MASK, (uint64_t)test_kip());
    CHECK_EQ(((const struct l4_kip *)0x72000000)->magic, L4_KIP_MAGIC);
    CHECK_EQ(ask(L4_PROTO_SIGMA0, L4_SIGMA0_IOMEM, l4_fpage_mem(0xfee00000, 12, 0).raw), 0);
    CHECK_EQ(ask(L4_PROTO_SIGMA0, L4_SIGMA0_IOMEM_CACHED, l4_fpage_mem(0xb8000, 12, 0).raw), 0);
}

static long ask_ports(l4_cap_t sigma0, uint64_t port, unsigned order)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = l4_bdr(0, 1, 0);
    u->br[1] = L4_RCV_MAP;
    u->br[2] = l4_fpage_io(0, 16, 0).raw;
    u->br[3] = 0;
    u->mr[0] = l4_fpage_io(port, order, L4_FPAGE_RW).raw;
    return l4_result(l4_ipc_call(sigma0, l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 1, 0, 0), L4_NEVER));
}

/* A new client is somebody else: what the root task has is not his. */
static void test_sigma0_clients(void)
{
    struct l4_utcb *u = l4_utcb();
    l4_cap_t client = cap_new(), weak = cap_new();
    u->mr[0] = (uint64_t)L4_PROTO_SIGMA0;
    l4_receive_cap(client);
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0);
    tag = l4_ipc_call(L4_BASE_PAGER_CAP, tag, L4_NEVER);
    CHECK_EQ(l4_result(tag), 0);
    CHECK_EQ(l4_msgtag_items(tag), 1);
    CHECK_EQ(ask_ports(L4_BASE_PAGER_CAP, 0x3f00, 2), 0);
    CHECK_EQ(ask_ports(L4_BASE_PAGER_CAP, 0x3f00, 2), 0); /* the same again */
    CHECK_EQ(ask_ports(L4_BASE_PAGER_CAP, 0x3f00, 3), -L4_ENOMEM);
    CHECK_EQ(ask_ports(client, 0x3f00, 2), -L4_ENOMEM);
    u->bdr = 0;
    u->br[0] = L4_RCV_MAP;
    u->br[1] = l4_fpage_mem(0, WHOLE, 0).raw;
    u->br[2] = 0;
    u->mr[0] = L4_SIGMA0_RAM;
    u->mr[1] = l4_fpage_mem((uint64_t)test_kip()->root_entry, 12, 0).raw;
    CHECK_EQ(l4_result(l4_ipc_call(client, l4_msgtag(L4_PROTO_SIGMA0, 2, 0, 0), L4_NEVER)),
             -L4_ENOMEM);
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, L4_BASE_PAGER_CAP, weak, L4_CAP_RW), 0);
    u->mr[0] = (uint64_t)L4_PROTO_SIGMA0;
    l4_receive_cap(cap_new());
    CHECK_EQ(l4_result(l4_ipc_call(weak, l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0), L4_NEVER)),
             -L4_EPERM);
}

const struct test boot_tests[] = {
    {"boot-kip", test_kip_fields},
    {"boot-kip-strings", test_kip_strings},
    {"boot-kip-memory", test_kip_memory},
    {"boot-kip-clock", test_kip_clock},
    {"boot-modules", test_modules},
    {"boot-sigma0-errors", test_sigma0_errors},
    {"boot-sigma0-items", test_sigma0_items},
    {"boot-sigma0-clients", test_sigma0_clients},
    {NULL, NULL},
};
