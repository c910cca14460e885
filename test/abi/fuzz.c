/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three threads of a child task make random system calls with whatever the loader gives a task and
 * more. The kernel must live, and when the task is deleted its factory must have everything back.
 * A pager thread of ours repairs what they break: it maps the image again, and restarts a thread
 * after an exception.
 */
#include "abi.h"
#include "l4sys/vcpu.h"
#include <l4/pf_trampoline.h>

enum { THREADS = 3, CALLS = 6000, CHILD_SLOTS = 16, LIMIT = 400000, COPY_ORDER = 20 };

extern char __executable_start[], _end[];

/* The child runs on a copy of the image: it will not leave its memory in good order. */
static char *copy;

static struct abi_task child;
static struct worker fuzzer[THREADS], pager;
static l4_cap_t factory;
static volatile unsigned calls; /* these two count in the copy */
static uint64_t random_state;

/* What stands at @p of the image in the child. */
static void *in_copy(const volatile void *p)
{
    return copy + ((const volatile char *)p - __executable_start);
}

static uint64_t random_word(void)
{
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return random_state >> 24 ^ random_state << 31;
}

static uint64_t below(uint64_t n)
{
    return random_word() % n;
}

static uint64_t any_selector(void)
{
    switch (below(12)) {
    case 0:
        return L4_INVALID_CAP;
    case 1:
        return L4_INVALID_REPLY_CAP;
    case 2:
        return l4_reply_cap(below(4) * 0x20001);
    case 3:
        return random_word() & ~0xfffull;
    default:
        return l4_cap(below(CHILD_SLOTS + 8));
    }
}

static uint64_t any_fpage(void)
{
    uint64_t order = below(4) ? below(18) : below(64);
    uint64_t where = below(2) ? any_selector() : 0x1400000 + (below(0x80000) & ~0xfffull);
    return (where & ~0xfffull) | order << 6 | below(4) << 4 | below(16);
}

static uint64_t any_word(void)
{
    static const uint64_t flags[] = {0x10000, 0x20000, 0x200000, 0x1000000, 0x80000000, 0xc0000000};
    switch (below(8)) {
    case 0:
        return below(0x20);
    case 1:
        return below(0x14) | flags[below(6)];
    case 2:
        return -below(0x1a);
    case 3:
        return random_word();
    case 4:
        return any_selector() | below(16);
    case 5:
        return 0x7fff100000ull + below(0x12000);
    default:
        return any_fpage();
    }
}

static l4_msgtag_t any_tag(void)
{
    static const long protocols[] = {0, 1, -1, -2, -5, -8, -10, -11, -12, -14, -15, -18, -20, -21};
    unsigned words = (unsigned)(below(6) ? below(8) : below(64));
    unsigned items = (unsigned)(below(3) ? below(2) : below(32));
    return l4_msgtag(protocols[below(14)], words, items, below(10) ? 0 : 0x1000u << below(3));
}

/** Requests that mean something: where to, what, and how many words and items it takes. */
static const struct shape {
    unsigned slot;
    long protocol;
    uint64_t op;
    unsigned words, items;
} shapes[] = {
    {1, L4_PROTO_TASK, L4_TASK_MAP, 3, 1},
    {10, L4_PROTO_TASK, L4_TASK_MAP, 3, 1},
    {1, L4_PROTO_TASK, L4_TASK_UNMAP, 4, 0},
    {10, L4_PROTO_TASK, L4_TASK_UNMAP, 5, 0},
    {10, L4_PROTO_TASK, L4_TASK_ADD_KU_MEM, 2, 0},
    {1, L4_PROTO_TASK, L4_TASK_CAP_INFO, 3, 0},
    {2, L4_PROTO_FACTORY, 0, 3, 1},
    {2, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_TASK, 3, 0},
    {2, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_THREAD, 1, 0},
    {2, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_FACTORY, 3, 0},
    {2, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_IRQ_SENDER, 1, 0},
    {2, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_SEMAPHORE, 1, 0},
    {3, L4_PROTO_THREAD, L4_THREAD_EX_REGS, 3, 0},
    {5, L4_PROTO_THREAD, L4_THREAD_EX_REGS | L4_EX_REGS_CANCEL, 3, 0},
    {6, L4_PROTO_THREAD, L4_THREAD_EX_REGS | L4_EX_REGS_TRIGGER, 3, 0},
    {5, L4_PROTO_THREAD, L4_THREAD_SWITCH, 1, 0},
    {6, L4_PROTO_THREAD, L4_THREAD_SEG_BASE, 2, 0},
    {12, L4_PROTO_THREAD, L4_THREAD_CONTROL | L4_THREAD_BIND_TASK, 6, 1},
    {3, L4_PROTO_THREAD, L4_THREAD_REGISTER_DEL_IRQ, 1, 1},
    {3, L4_PROTO_THREAD, L4_THREAD_VCPU_CONTROL, 2, 0},
    {5, L4_PROTO_THREAD, L4_THREAD_VCPU_CONTROL, 2, 0},
    {3, L4_PROTO_THREAD, L4_THREAD_VCPU_RESUME, 1, 0},
    {3, L4_PROTO_THREAD, L4_THREAD_VCPU_RESUME, 1, 2},
    {3, L4_PROTO_THREAD, L4_THREAD_CONTROL | L4_THREAD_ALIEN, 6, 0},
    {5, L4_PROTO_THREAD, L4_THREAD_CONTROL | L4_THREAD_ALIEN, 6, 0},
    {3, L4_PROTO_THREAD, L4_THREAD_PF_TRAMPOLINE | L4_PF_SETUP, 2, 0},
    {3, L4_PROTO_THREAD, L4_THREAD_PF_TRAMPOLINE | L4_PF_RESUME, 1, 0},
    {3, L4_PROTO_THREAD, L4_THREAD_PF_TRAMPOLINE | L4_PF_REFLECT, 1, 0},
    {9, L4_PROTO_KOBJECT, L4_GATE_BIND, 2, 1},
    {9, L4_PROTO_KOBJECT, L4_GATE_DEC_REFCNT, 2, 0},
    {9, 77, 5, 9, 3},
    {7, L4_PROTO_KOBJECT, L4_IRQ_BIND, 2, 1},
    {7, L4_PROTO_IRQ, L4_IRQ_TRIGGER, 1, 0},
    {8, L4_PROTO_SEMAPHORE, L4_SEM_DOWN, 1, 0},
    {8, L4_PROTO_IRQ, L4_IRQ_TRIGGER, 1, 0},
    {11, L4_PROTO_SCHEDULER, L4_SCHED_RUN_THREAD, 5, 1},
};

/* A sensible request with random arguments. */
static void shaped_call(void)
{
    struct l4_utcb *u = l4_utcb();
    const struct shape *s = &shapes[below(sizeof shapes / sizeof shapes[0])];
    u->mr[0] = s->op;
    for (unsigned i = 1; i < s->words; i++)
        u->mr[i] = any_word();
    for (unsigned i = 0; i < s->items; i++)
        l4_put_item(s->words + 2 * i, any_selector() & ~0xfffull,
                    l4_fpage_obj(l4_cap(below(CHILD_SLOTS)), 0, L4_CAP_RWS));
    if (s->protocol == L4_PROTO_SCHEDULER)
        u->mr[3] = 50 + below(2);
    l4_receive_cap(l4_cap(12 + below(6)));
    l4_cap_t to = l4_cap(below(3) ? s->slot : below(CHILD_SLOTS));
    l4_ipc_call(to, l4_msgtag(s->protocol, s->words, s->items, 0), (l4_timeouts_t){0x03ff03ff});
}

static void one_call(void)
{
    struct l4_utcb *u = l4_utcb();
    if (below(2)) {
        shaped_call();
        return;
    }
    for (unsigned i = 0; i < 12; i++)
        u->mr[i] = any_word();
    u->bdr = below(3) ? l4_bdr(0, 0, 0) : random_word();
    for (unsigned i = 0; i < 6; i++)
        u->br[i] = below(2) ? any_word() : (any_selector() & ~0xfffull) | 0x8 | below(8);
    l4_msgtag_t tag = any_tag();
    unsigned words = l4_msgtag_words(tag);
    for (unsigned i = 0; i < 3 && words + 2 * i + 2 <= 63; i++) {
        u->mr[words + 2 * i] = below(4) ? (any_selector() & ~0xfffull) | 0x8 | below(16) << 4 : 0;
        u->mr[words + 2 * i + 1] = any_fpage();
    }
    uint64_t label = random_word();
    l4_timeouts_t timeouts = below(4) ? L4_BOTH_ZERO : (l4_timeouts_t){0x03ff03ff};
    l4_invoke(any_selector() | below(16), tag, &label, timeouts);
}

/* As a vCPU, if it is one: whatever happens then starts it anew. */
static void vcpu_call(struct worker *w)
{
    struct l4_vcpu *area = (struct l4_vcpu *)((w->utcb & ~0xffffull) + 0x4000 + (w->utcb & 0xfff) / 2);
    l4_vcpu_control(L4_INVALID_CAP, (uint64_t)area);
    for (unsigned i = 0; i < 4; i++)
        ((uint64_t *)area)[below(sizeof *area / 8)] = any_word();
    area->state = (uint16_t)below(256);
    area->saved_state = (uint16_t)below(256);
    area->user_task = below(3) ? l4_cap(below(2) ? 1 : 10) : any_selector() | below(16);
    area->entry_ip = worker_entry();
    area->entry_sp = (uint64_t)w->argument;
    area->host_gs_base = w->utcb + L4_UTCB_GS_OFFSET;
    area->regs.rip = below(40) ? worker_entry() : random_word(); /* else nobody would live long */
    area->regs.rflags = below(40) ? 0x202 : random_word();
    area->regs.rsp = (uint64_t)w->argument;
    area->regs.cs = area->user_cs64; /* a repaired thread keeps it */
    *(uint64_t *)w->argument = (uint64_t)w;
    for (unsigned i = 1; i < 5; i++)
        l4_utcb()->mr[i] = any_word();
    l4_utcb()->mr[0] = L4_THREAD_VCPU_RESUME;
    l4_ipc_call(L4_INVALID_CAP, l4_msgtag(L4_PROTO_THREAD, 1, (unsigned)below(3), 0), L4_BOTH_ZERO);
}

static void fuzz(struct worker *w)
{
    while (calls < CALLS) {
        calls++;
        if (below(20))
            one_call();
        else
            vcpu_call(w);
    }
}

static void repair(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    uint64_t label = 0;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER), answer;
    for (;; w->result++) {
        uint64_t page = u->mr[0] & L4_PAGE_MASK;
        answer = l4_msgtag(-L4_EFAULT, 0, 0, 0);
        if (l4_msgtag_label(tag) == L4_PROTO_PAGE_FAULT && page >= (uint64_t)__executable_start
            && page < (uint64_t)_end) {
            l4_put_item(0, page, l4_fpage_mem((uint64_t)in_copy((char *)page), 12, L4_FPAGE_RWX));
            answer = l4_msgtag(0, 0, 1, 0);
        } else if (l4_msgtag_label(tag) == L4_PROTO_EXCEPTION && label >> 4 < THREADS) {
            struct l4_exc_regs *r = (struct l4_exc_regs *)u->mr;
            bool is_call = r->trap == 0xfd; /* it has become an alien: let it */
            struct worker *broken = &fuzzer[label >> 4];
            if (!is_call) {
                r->rip = worker_entry();
                r->rsp = (uint64_t)broken->argument;
                *(uint64_t *)in_copy((char *)r->rsp) = (uint64_t)broken;
                r->rflags = 0x202;
                r->gs_base = broken->utcb + L4_UTCB_GS_OFFSET;
            }
            answer = l4_msgtag(is_call && !r->error, L4_EXC_WORDS, 0, 0);
        }
        tag = l4_ipc_reply_and_wait(L4_INVALID_CAP, answer, &label, L4_SEND_ZERO);
        while (l4_msgtag_has_error(tag))
            tag = l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER);
    }
}

/* What the child holds, from slot 1 on; mostly without D, else it would soon have nothing. */
static bool give_caps(void)
{
    l4_cap_t irq = cap_new(), sem = cap_new(), gate = cap_new(), task = cap_new();
    bool ok = !l4_factory_create_irq(factory, irq) && !l4_factory_create_semaphore(factory, sem)
              && !l4_factory_create_gate(factory, gate, fuzzer[1].cap, 0x70)
              && !l4_factory_create_task(factory, task, (l4_fpage_t){0});
    l4_cap_t caps[] = {child.cap, factory, fuzzer[0].cap, fuzzer[1].cap, fuzzer[2].cap,
                       irq, sem, gate, task, L4_BASE_SCHEDULER_CAP};
    for (unsigned i = 0; ok && i < sizeof caps / sizeof caps[0]; i++)
        ok = !l4_task_map(child.cap, L4_BASE_TASK_CAP, l4_fpage_obj(caps[i], 0, L4_CAP_RWS),
                          l4_cap(i < 3 ? i + 1 : i + 2) | L4_ITEM_SERVER);
    return ok;
}

/* The child lives from `factory`; each of its threads has its own gate to the pager. */
static bool make_child(void)
{
    child = (struct abi_task){cap_new(), 0};
    if (l4_factory_create_task(factory, child.cap, l4_fpage_mem(0x7fff100000, 16, L4_FPAGE_RW))
        || !worker_start(&pager, &own_task, repair, 254))
        return false;
    for (unsigned i = 0; i < THREADS; i++) {
        l4_cap_t gate = cap_new(), slot = l4_cap(0x40 + i);
        fuzzer[i].cap = cap_new();
        fuzzer[i].utcb = 0x7fff100000ull + i * L4_UTCB_SIZE;
        struct l4_thread_control control = {slot, slot, child.cap, fuzzer[i].utcb};
        if (l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, pager.cap, i << 4)
            || l4_factory_create_thread(factory, fuzzer[i].cap)
            || l4_thread_control(fuzzer[i].cap, &control)
            || l4_task_map_cap(child.cap, gate, slot, L4_CAP_RWS))
            return false;
    }
    return give_caps();
}

static void start(void)
{
    for (unsigned i = 0; i < THREADS; i++)
        fuzzer[i].argument = (void *)worker_stack(&fuzzer[i], fuzz);
    __builtin_memcpy(copy, __executable_start, (size_t)(_end - __executable_start));
    for (unsigned i = 0; i < THREADS; i++) {
        l4_scheduler_run(L4_BASE_SCHEDULER_CAP, fuzzer[i].cap, 50);
        l4_thread_ex_regs(fuzzer[i].cap, worker_entry(), (uint64_t)fuzzer[i].argument, 0);
    }
}

/* They may also kill each other, or their program: then nothing moves for a while. */
static unsigned run_seed(uint64_t seed)
{
    volatile unsigned *done = in_copy(&calls);
    random_state = seed;
    if (!make_child())
        return 0;
    start();
    unsigned before = 0;
    for (unsigned idle = 0; *done < CALLS && idle < 20; idle = before == *done ? idle + 1 : 0) {
        before = *done;
        l4_sleep_us(10000);
    }
    return *done;
}

static bool can_reserve(uint64_t bytes)
{
    l4_cap_t probe = l4_cap(0xfff1);
    bool ok = l4_factory_create_factory(factory, probe, bytes) == 0;
    if (ok)
        l4_cap_delete(probe);
    return ok;
}

static void test_random_calls(void)
{
    unsigned total = 0;
    copy = harness_ram(COPY_ORDER);
    CHECK(copy && _end - __executable_start <= 1 << COPY_ORDER);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        factory = l4_cap(0xfff0); /* survives harness_reset() */
        CHECK_EQ(l4_factory_create_factory(L4_BASE_FACTORY_CAP, factory, LIMIT), 0);
        uint64_t free = LIMIT;
        while (!can_reserve(free))
            free--;
        total += run_seed(seed);
        CHECK(kernel_audit()); /* with all the debris, and without */
        harness_reset();
        CHECK(kernel_audit());
        CHECK(can_reserve(free));
        l4_cap_delete(factory);
    }
    CHECK(total > CALLS);
}

const struct test fuzz_tests[] = {
    {"fuzz-random-calls", test_random_calls},
    {NULL, NULL},
};
