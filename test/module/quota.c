/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <string.h>

#include <task/layout.h>
#include <task/slots.h>
#include <x86/port.h>

#include "idl/root.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "sigma0/client.h"

/*
 * quota KIND... [end]: asks for all it may have of each KIND, and for more (rows B10, B11, B13,
 * B17).
 */

#define WINDOW      0x10000000ul
#define SLOT(n)     (TASK_CAP_FIRST_FREE + (l4_cap_t)(n) * L4_CAP_OFFSET)
#define INTERRUPT   0x1234
#define SECOND      1000000

static void is(const char *what, long got, long want)
{
    if (got == want)
        say("ok %s", what);
    else
        say("FAIL %s: %ld, want %ld", what, got, want);
}

static long any_page(uint64_t *at, unsigned number)
{
    return sigma0_get_any(TASK_CAP_PAGER, 12, l4_fpage_mem(WINDOW + number * 4096ul, 12, 7), at);
}

/* What it gets in pages, until there is nothing more; each is another one. */
static void memory(void)
{
    uint64_t at = 0, low = ~0ul, high = 0, free = 0, left = 0;
    unsigned pages = 0;

    root_memory(TASK_CAP_PAGER, &free);
    while (any_page(&at, pages) == 0) {
        *(volatile uint64_t *)(WINDOW + pages * 4096ul) = pages;
        low = at < low ? at : low;
        high = at > high ? at : high;
        pages++;
    }
    for (unsigned i = 0; i < pages; i++)
        if (*(volatile uint64_t *)(WINDOW + i * 4096ul) != i)
            say("FAIL page %u is not what it was", i);
    root_memory(TASK_CAP_PAGER, &left);
    say("%u pages from 0x%lx to 0x%lx, %lu less are free", pages, low, high + 4096,
        (free - left) / 4096);
    is("not a page more", any_page(&at, pages), -L4_ENOMEM);
    is("nor a large one", sigma0_get_any(TASK_CAP_PAGER, 21, l4_fpage_mem(1ul << 30, 21, 7), &at),
       -L4_ENOMEM);
    say("all of it:");
    sigma0_dump(TASK_CAP_PAGER);
    if (pages == 0)
        return;
    is("a page goes back", root_give(TASK_CAP_PAGER, low, 4096), 0);
    is("but only once", root_give(TASK_CAP_PAGER, low, 4096), -L4_EPERM);
    is("and is got again", any_page(&at, pages), 0);
}

static long reserve(uint64_t size, uint64_t alignment, uint64_t high, uint64_t *at)
{
    return root_reserve(TASK_CAP_PAGER, size, alignment, 0, high, at);
}

/* B13 */
static void reservation(void)
{
    uint64_t at = 1, other = 1;
    l4_fpage_t window = l4_fpage_mem(WINDOW, 16, L4_FPAGE_RWX);

    is("64 KB below 16 MB", reserve(64 << 10, 64 << 10, 16 << 20, &at), 0);
    is("they are aligned", at % (64 << 10), 0);
    is("they are below 16 MB", at + (64 << 10) <= 16 << 20, 1);
    is("they can be had", sigma0_get_ram(TASK_CAP_PAGER, at, 16, window), 0);
    *(volatile char *)WINDOW = 7;
    *(volatile char *)(WINDOW + 0xffff) = 7;
    is("the next ones", reserve(64 << 10, 64 << 10, 16 << 20, &other), 0);
    is("are others", other + (64 << 10) <= at || at + (64 << 10) <= other, 1);
    is("12 KB, aligned to 1 MB", reserve(12 << 10, 1 << 20, ~0ul, &other), 0);
    is("they are aligned", other % (1 << 20), 0);
    is("nothing is below the first page", reserve(4096, 4096, 4096, &other), -L4_ENOMEM);
    is("an odd alignment", reserve(4096, 12288, 16 << 20, &other), -L4_EINVAL);
    is("they go back", root_give(TASK_CAP_PAGER, at, 64 << 10), 0);
    is("and are others' then", root_give(TASK_CAP_PAGER, at, 64 << 10), -L4_EPERM);
}

static void no_reservation(void)
{
    uint64_t at;

    is("who may not have RAM", reserve(64 << 10, 64 << 10, 16 << 20, &at), -L4_EPERM);
}

/* The keyboard controller puts a byte into its buffer, as if a key had been pressed. */
static void press_key(void)
{
    while (in8(0x64) & 2)
        ;
    out8(0x64, 0xd2);
    while (in8(0x64) & 2)
        ;
    out8(0x60, 0x1e);
}

static void test_interrupt_arrives(l4_cap_t irq)
{
    uint64_t label = 0;

    l4_irq_unmask(irq);
    l4_receive_nothing();
    press_key();
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_REPLY_CAP, &label,
                                  l4_timeouts(L4_TIMEOUT_NEVER, l4_timeout_us(SECOND)));
    is("an interrupt arrives", l4_msgtag_has_error(tag), 0);
    is("as the one it was bound to", (long)label, INTERRUPT);
    is("with its byte", in8(0x60), 0x1e);
}

static long icu(uint64_t operation, uint64_t pin, unsigned words)
{
    l4_utcb()->mr[0] = operation;
    l4_utcb()->mr[1] = pin;
    l4_utcb()->mr[2] = 0;
    return l4_result(l4_ipc_call(TASK_CAP_ICU, l4_msgtag(L4_PROTO_IRQ, words, 0, 0), L4_NEVER));
}

static long unbind(unsigned pin, l4_cap_t irq)
{
    l4_utcb()->mr[0] = L4_ICU_UNBIND;
    l4_utcb()->mr[1] = pin;
    l4_put_cap(2, irq);
    return l4_result(l4_ipc_call(TASK_CAP_ICU, l4_msgtag(L4_PROTO_IRQ, 2, 1, 0), L4_NEVER));
}

/*
 * A message leaves words in roottask's UTCB that would make an item of the next one, which says
 * that it has none: it would name a capability of roottask's own.
 */
static void test_no_item_is_no_object(void)
{
    unsigned bound = 0;

    for (uint64_t slot = 1; slot < 0x80; slot++) {
        struct l4_utcb *u = l4_utcb();
        u->mr[2] = L4_ITEM_MAP | L4_RESULT_FPAGE | L4_FPAGE_OBJ << 4;
        u->mr[3] = l4_fpage_obj(slot << L4_CAP_SHIFT, 0, L4_CAP_RWS).raw;
        u->mr[0] = 77;
        u->mr[1] = 1;
        l4_ipc_call(TASK_CAP_ICU, l4_msgtag(L4_PROTO_IRQ, 4, 0, 0), L4_NEVER);
        bound += icu(L4_ICU_BIND, 1, 2) != -L4_EINVAL;
    }
    is("no line is bound to what is not ours", bound, 0);
}

/* B11: `irq in [1,1]` gets line 1 and is refused line 4; B17: ports of its own only. */
static void interrupts(void)
{
    l4_cap_t irq = SLOT(0), other = SLOT(1);

    is("ports of the keyboard", sigma0_get_ports(TASK_CAP_PAGER, 0x60, 0), 0);
    is("and the next one", sigma0_get_ports(TASK_CAP_PAGER, 0x64, 0), 0);
    is("no more ports", sigma0_get_ports(TASK_CAP_PAGER, 0x60, 3), -L4_ENOMEM);
    is("an interrupt object", l4_factory_create_irq(TASK_CAP_FACTORY, irq), 0);
    is("another", l4_factory_create_irq(TASK_CAP_FACTORY, other), 0);
    is("bound to us", l4_irq_bind(irq, TASK_CAP_THREAD, INTERRUPT), 0);
    is("line 4 is refused", l4_icu_bind(TASK_CAP_ICU, 4, irq), -L4_EPERM);
    is("line 5 is refused", l4_icu_bind(TASK_CAP_ICU, 5, irq), -L4_EPERM);
    is("line 99 is refused", l4_icu_bind(TASK_CAP_ICU, 99, irq), -L4_EPERM);
    test_no_item_is_no_object();
    is("line 1", l4_icu_bind(TASK_CAP_ICU, 1, irq), 0);
    is("once only", l4_icu_bind(TASK_CAP_ICU, 1, other), -L4_EINVAL);
    test_interrupt_arrives(irq);
    is("mode of line 1", l4_icu_set_mode(TASK_CAP_ICU, 1, 0x1), 0);
    is("mode of line 5", l4_icu_set_mode(TASK_CAP_ICU, 5, 0x1), -L4_EPERM);
    is("masking line 1", icu(L4_ICU_MASK, 1, 2), 0);
    is("masking line 14", icu(L4_ICU_MASK, 14, 2), -L4_EPERM);
    is("how many there are: sixteen", icu(L4_ICU_INFO, 0, 1) ? 0 : (long)l4_utcb()->mr[1], 16);
    is("message signalled ones", icu(L4_ICU_MSI_INFO, 1u << 31, 3), -L4_ERANGE);
    is("the machine is not to be stopped by it",
       l4_result(l4_ipc_call(TASK_CAP_ICU, l4_msgtag(0, 2, 0, 0), L4_NEVER)), -L4_EBADPROTO);
    is("another object does not unbind", unbind(1, other) < 0, 1);
    is("unbound", unbind(1, irq), 0);
    is("line 1 again", l4_icu_bind(TASK_CAP_ICU, 1, other), 0);
}

/* `irq max 1` of two lines. */
static void one_interrupt(void)
{
    is("an interrupt object", l4_factory_create_irq(TASK_CAP_FACTORY, SLOT(0)), 0);
    is("another", l4_factory_create_irq(TASK_CAP_FACTORY, SLOT(1)), 0);
    is("line 5", l4_icu_bind(TASK_CAP_ICU, 5, SLOT(0)), 0);
    is("line 6 as well", l4_icu_bind(TASK_CAP_ICU, 6, SLOT(1)), -L4_ENOMEM);
    is("without line 5", unbind(5, SLOT(0)), 0);
    is("line 6", l4_icu_bind(TASK_CAP_ICU, 6, SLOT(1)), 0);
    is("its object goes", l4_cap_delete(SLOT(1)) < 0, 0);
    is("and leaves room for line 5", l4_icu_bind(TASK_CAP_ICU, 5, SLOT(0)), 0);
}

static long new_task(unsigned slot)
{
    return l4_factory_create_task(TASK_CAP_FACTORY, SLOT(slot),
                                  l4_fpage_mem(TASK_UTCBS, TASK_UTCBS_ORDER, L4_FPAGE_RW));
}

/* A thread of the new task in slot @task runs: that it faults says that it did. */
static void test_task_is_ours(unsigned task)
{
    struct l4_thread_control control = {.pager = TASK_CAP_PAGER, .exc_handler = TASK_CAP_PAGER,
                                        .task = SLOT(task), .utcb = TASK_UTCBS};
    l4_cap_t thread = SLOT(20);
    uint64_t label = 0;

    is("a thread", l4_factory_create_thread(TASK_CAP_FACTORY, thread), 0);
    is("a gate for its faults", l4_factory_create_gate(TASK_CAP_FACTORY, SLOT(21), TASK_CAP_THREAD,
                                                       0x50), 0);
    is("which it has", l4_task_map_cap(SLOT(task), SLOT(21), TASK_CAP_PAGER, L4_CAP_RW), 0);
    is("it belongs to the task", l4_thread_control(thread, &control), 0);
    is("it may run", l4_scheduler_run(TASK_CAP_SCHEDULER, thread, 250), 0);
    is("it runs", l4_thread_ex_regs(thread, 0x400000, 0x1000, 0), 0);
    l4_receive_nothing();
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_REPLY_CAP, &label,
                                  l4_timeouts(L4_TIMEOUT_NEVER, l4_timeout_us(SECOND)));
    is("it faults, as it has no memory", l4_msgtag_has_error(tag) ? 0 : l4_msgtag_label(tag),
       L4_PROTO_PAGE_FAULT);
    is("and that is it", (long)label & ~3, 0x50);
}

/* `child max 0` */
static void childless(void)
{
    is("no task at all", new_task(0), -L4_ENOMEM);
}

/* B11: `child max 2`, the third task is refused. */
static void children(void)
{
    is("first task", new_task(0), 0);
    is("second task", new_task(1), 0);
    is("third task", new_task(2), -L4_ENOMEM);
    is("nothing has come", l4_cap_valid(SLOT(2)), 0);
    test_task_is_ours(1);
    is("one less", l4_cap_delete(SLOT(0)) < 0, 0);
    is("third task instead", new_task(2), 0);
    is("fourth task", new_task(3), -L4_ENOMEM);
    is("a factory of its own", l4_factory_create_factory(TASK_CAP_FACTORY, SLOT(4), 65536),
       -L4_EPERM);
    is("a semaphore", l4_factory_create_semaphore(TASK_CAP_FACTORY, SLOT(5)), 0);
    l4_semaphore_up(SLOT(5));
    is("works", l4_semaphore_down(SLOT(5), l4_timeout_us(SECOND)), 0);
    is("something unknown", l4_factory_create(TASK_CAP_FACTORY, SLOT(6), -16, 1), -L4_ENODEV);
}

static volatile bool ran;

static void run(void)
{
    ran = true;
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

/* `mcp` and `priority` are the same: a thread that wants to be above us does not interrupt us. */
static void priorities(void)
{
    static uint64_t stack[512];
    struct l4_thread_control control = {.pager = TASK_CAP_PAGER, .exc_handler = TASK_CAP_EXCEPTION,
                                        .task = TASK_CAP_TASK, .utcb = TASK_UTCBS + L4_UTCB_SIZE};
    l4_cap_t thread = SLOT(0);

    is("a thread", l4_factory_create_thread(TASK_CAP_FACTORY, thread), 0);
    is("of ours", l4_thread_control(thread, &control), 0);
    is("no priority", l4_scheduler_run(TASK_CAP_SCHEDULER, thread, 0), -L4_EINVAL);
    is("a high priority", l4_scheduler_run(TASK_CAP_SCHEDULER, thread, 255), 0);
    l4_thread_ex_regs(thread, (uint64_t)run, (uint64_t)&stack[511], 0);
    is("is not above ours", ran, false);
    l4_sleep_us(20000);
    is("but it runs", ran, true);
    l4_utcb()->mr[0] = L4_SCHED_INFO;
    l4_utcb()->mr[1] = 0;
    l4_msgtag_t tag = l4_ipc_call(TASK_CAP_SCHEDULER, l4_msgtag(L4_PROTO_SCHEDULER, 2, 0, 0),
                                  L4_NEVER);
    is("processors", l4_result(tag) < 0 ? 0 : (long)l4_utcb()->mr[0], 1);
}

static uint32_t pci_word(uint32_t address)
{
    out32(0xcf8, 0x80000000u | address);
    return in32(0xcfc);
}

/* B17: who may reads what cards there are; nobody else may meanwhile. */
static void card(void)
{
    long error = sigma0_get_ports(TASK_CAP_PAGER, 0xcf8, 3);

    say("ports of PCI: %ld", error);
    for (uint32_t device = 0; error == 0 && device < 32; device++)
        if (pci_word(device << 11) != 0xffffffff)
            say("card %08x", pci_word(device << 11));
}

/* G07: I/O memory of the screen; a fault there is no way to it. */
static void screen(void)
{
    l4_fpage_t window = l4_fpage_mem(WINDOW, 15, L4_FPAGE_RW);

    is("the screen", sigma0_get_iomem(TASK_CAP_PAGER, 0xb8000, 15, window), 0);
    *(volatile uint16_t *)WINDOW = 0x0741;
    is("it keeps what is written", *(volatile uint16_t *)WINDOW, 0x0741);
    is("more than the screen", sigma0_get_iomem(TASK_CAP_PAGER, 0xb0000, 16, window), -L4_ENOMEM);
    is("what lies behind", sigma0_get_iomem(TASK_CAP_PAGER, 0xc0000, 12, window), -L4_ENOMEM);
    is("RAM as I/O memory", sigma0_get_iomem(TASK_CAP_PAGER, 0x2000000, 12, window), -L4_ENOMEM);
}

/*
 * Random messages to the gates that stand for kernel objects: any operation, any number of words,
 * with a capability or without. What works makes garbage; that roottask lives is what counts.
 */
static void hostile(void)
{
    static const l4_cap_t gates[] = {TASK_CAP_ICU, TASK_CAP_FACTORY, TASK_CAP_SCHEDULER};
    static const long labels[] = {L4_PROTO_IRQ, L4_PROTO_FACTORY, L4_PROTO_SCHEDULER, 0, -6, 29};
    static const uint64_t types[] = {0, -10, -11, -12, -15, -18, -20, -7, 1, 2, 3, 4, 5, 6, 1000};
    struct l4_utcb *u = l4_utcb();
    uint64_t r = 88172645463325252ull, free = 0;

    for (unsigned i = 0; i < 4000; i++) {
        r ^= r << 13, r ^= r >> 7, r ^= r << 17;
        unsigned words = r >> 8 & 7, items = r >> 12 & 1;
        for (unsigned w = 0; w < 10; w++)
            u->mr[w] = r >> (w * 5) & (r >> 60 ? 0xf : ~0ull);
        u->mr[0] = types[(r >> 16) % (sizeof types / sizeof types[0])];
        if (items)
            l4_put_cap(words, SLOT(r >> 20 & 15));
        if (r >> 30 & 1)
            l4_receive_cap(SLOT(r >> 24 & 15));
        else
            l4_receive_nothing();
        l4_ipc_call(gates[r % 3], l4_msgtag(labels[(r >> 34) % 6], words, items, 0),
                    l4_timeouts(L4_TIMEOUT_NEVER, l4_timeout_us(SECOND)));
    }
    is("roottask lives after random messages", root_memory(TASK_CAP_PAGER, &free), 0);
    for (unsigned i = 0; i < 16; i++)
        l4_cap_delete(SLOT(i));
    is("and still gives a task", new_task(0), 0);
    is("another", new_task(1), 0);
    is("but no third", new_task(2), -L4_ENOMEM);
}

void module_main(long argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } kinds[] = {{"memory", memory}, {"reserve", reservation},
                 {"noreserve", no_reservation}, {"irq", interrupts},
                 {"irqs", one_interrupt}, {"child", children}, {"childless", childless},
                 {"mcp", priorities}, {"hostile", hostile}, {"card", card},
                 {"screen", screen}};

    for (long a = 1; a < argc; a++)
        for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
            if (strcmp(argv[a], kinds[i].name) == 0)
                kinds[i].run();
    if (strcmp(argv[argc - 1], "end") != 0)
        return;
    l4_sleep_us(SECOND); /* the others come first */
    end(0);
}
