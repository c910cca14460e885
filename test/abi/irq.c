/* SPDX-License-Identifier: BSD-2-Clause */
/* IRQ objects, semaphores, interrupt controllers (ABI 7.5, 7.6, 7.8, 7.9). */
#include "abi.h"

static l4_cap_t new_irq(uint64_t label)
{
    l4_cap_t irq = cap_new();
    if (l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq))
        return 0;
    return label && l4_irq_bind(irq, L4_BASE_THREAD_CAP, label) ? 0 : irq;
}

static void test_trigger(void)
{
    uint64_t label = 0;
    l4_cap_t irq = new_irq(0x77);
    CHECK(irq);
    for (unsigned i = 0; i < 3; i++)
        l4_irq_trigger(irq); /* three triggers are one message */
    CHECK_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO).raw, 0);
    CHECK_EQ(label, 0x77); /* any value, low bits too */
    CHECK(l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO)));
    l4_irq_trigger(irq);
    CHECK_EQ(l4_ipc_receive(irq, L4_RECV_ZERO).raw, 0);
}

static void test_unbound_stays_pending(void)
{
    uint64_t label = 0;
    l4_cap_t irq = new_irq(0);
    l4_irq_trigger(irq);
    CHECK_EQ(l4_irq_bind(irq, L4_BASE_THREAD_CAP, 0x99), 0);
    CHECK_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO).raw, 0);
    CHECK_EQ(label, 0x99);
    CHECK_EQ(l4_irq_detach(irq), 0);
    CHECK_EQ(l4_irq_detach(irq), -L4_ENOENT);
    CHECK_EQ(l4_irq_bind(irq, L4_BASE_THREAD_CAP, 1), 0);
    l4_irq_trigger(irq);
    CHECK_EQ(l4_irq_detach(irq), 1);
    CHECK(l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO)));
}

/* "Unmask and wait" is a call without a reply: its receive phase is real. */
static void test_unmask_and_wait(void)
{
    l4_cap_t irq = new_irq(0x55);
    uint64_t label = 0;
    l4_irq_trigger(irq);
    l4_utcb()->mr[0] = L4_IRQ_UNMASK;
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_IRQ, 1, 0, 0);
    CHECK_EQ(l4_invoke(irq | L4_SYSF_CALL, tag, &label, L4_RECV_ZERO).raw, 0);
    CHECK_EQ(label, 0x55);
    l4_utcb()->mr[0] = L4_IRQ_UNMASK;
    CHECK(l4_msgtag_has_error(l4_invoke(irq | L4_SYSF_CALL, tag, &label, L4_RECV_ZERO)));
}

static l4_cap_t queue_irq;

static void send_then_trigger(struct worker *w)
{
    l4_ipc_send(L4_BASE_THREAD_CAP, l4_msgtag(0, 1, 0, 0), L4_NEVER);
    w->result = 1;
}

static void test_irq_before_threads(void)
{
    static struct worker w;
    uint64_t label = 0;
    queue_irq = new_irq(0x31);
    CHECK(worker_start(&w, &own_task, send_then_trigger, 200));
    l4_irq_trigger(queue_irq); /* later, but priority 255 */
    CHECK_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO).raw, 0);
    CHECK_EQ(label, 0x31);
    CHECK_EQ(l4_msgtag_words(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO)), 1);
}

static void down(struct worker *w)
{
    w->result = l4_semaphore_down((l4_cap_t)w->argument, L4_TIMEOUT_NEVER);
}

static void test_semaphore(void)
{
    static struct worker a, b;
    l4_cap_t s = cap_new();
    CHECK_EQ(l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, s), 0);
    CHECK_EQ(l4_semaphore_down(s, l4_timeout_us(3000)), -(L4_EIPC + L4_IPC_RETIMEOUT));
    l4_semaphore_up(s);
    l4_semaphore_up(s);
    CHECK_EQ(l4_semaphore_down(s, L4_TIMEOUT_ZERO), 0);
    CHECK_EQ(l4_semaphore_down(s, L4_TIMEOUT_ZERO), 0);
    CHECK_EQ(l4_semaphore_down(s, L4_TIMEOUT_ZERO), -(L4_EIPC + L4_IPC_RETIMEOUT));
    a.argument = b.argument = (void *)s;
    CHECK(worker_start(&a, &own_task, down, 110));
    CHECK(worker_start(&b, &own_task, down, 110));
    CHECK(!a.done && !b.done);
    l4_semaphore_up(s);
    CHECK(a.done && !b.done);
    CHECK_EQ(a.result, 0);
    CHECK_EQ(l4_cap_delete(s), 0);
    CHECK_EQ(b.result, -(L4_EIPC + L4_IPC_ENOT_EXISTENT));
}

static long icu_info(l4_cap_t icu)
{
    l4_utcb()->mr[0] = L4_ICU_INFO;
    return l4_result(l4_ipc_call(icu, l4_msgtag(L4_PROTO_IRQ, 1, 0, 0), L4_NEVER));
}

static void test_icu(void)
{
    l4_cap_t irq = new_irq(1), other = new_irq(2);
    CHECK_EQ(icu_info(L4_BASE_ICU_CAP), 0);
    CHECK(l4_utcb()->mr[1] >= 16);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 5, irq), 0);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 5, other), -L4_EINVAL);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 6, irq), -L4_EINVAL);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 0x7fff, other), -L4_EINVAL);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 6, L4_BASE_LOG_CAP), -L4_EINVAL);
    CHECK_EQ(l4_cap_delete(irq), 0); /* frees the pin */
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 5, other), 0);
    CHECK_EQ(icu_info(L4_BASE_LOG_CAP), 0);
    CHECK_EQ(l4_utcb()->mr[1], 1);
}

/* The real-time clock of the PC interrupts on pin 8. */
static unsigned char cmos(unsigned char index)
{
    unsigned char value;
    __asm__ volatile("outb %1, $0x70\n\tinb $0x71, %0" : "=a"(value) : "a"(index));
    return value;
}

static void cmos_write(unsigned char index, unsigned char value)
{
    __asm__ volatile("outb %0, $0x70" : : "a"(index));
    __asm__ volatile("outb %0, $0x71" : : "a"(value));
}

static long get_ports(uint64_t port, unsigned order)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = l4_bdr(0, 1, 0);
    u->br[1] = L4_RCV_MAP;
    u->br[2] = l4_fpage_io(0, 16, 0).raw;
    u->br[3] = 0;
    u->mr[0] = l4_fpage_io(port, order, L4_FPAGE_RW).raw;
    return l4_result(l4_ipc_call(L4_BASE_PAGER_CAP, l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 1, 0, 0),
                                 L4_NEVER));
}

static void test_real_interrupt(void)
{
    l4_cap_t irq = new_irq(0x88);
    uint64_t label = 0;
    CHECK_EQ(get_ports(0x70, 1), 0);
    CHECK_EQ(l4_icu_bind(L4_BASE_ICU_CAP, 8, irq), 0);
    l4_irq_unmask(irq);
    cmos_write(0x0b, cmos(0x0b) | 0x40); /* periodic interrupt */
    cmos(0x0c);
    for (unsigned i = 0; i < 3; i++) {
        l4_timeouts_t t = l4_timeouts(0, l4_timeout_us(200000));
        CHECK_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, t).raw, 0);
        CHECK_EQ(label, 0x88);
        cmos(0x0c); /* takes the interrupt back */
        l4_irq_unmask(irq);
    }
    cmos_write(0x0b, cmos(0x0b) & (unsigned char)~0x40);
    cmos(0x0c);
}

static void test_log_read(void)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_LOG_READ | 100 << 16;
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_LOG, 1, 0, 0);
    CHECK_EQ(l4_result(l4_ipc_call(L4_BASE_LOG_CAP, tag, L4_NEVER)), 0);
    CHECK(u->mr[0] & 1u << 31);
    u->mr[0] = L4_LOG_GET_ATTR;
    CHECK_EQ(l4_msgtag_words(l4_ipc_call(L4_BASE_LOG_CAP, tag, L4_NEVER)), 4);
}

const struct test irq_tests[] = {
    {"irq-trigger", test_trigger},
    {"irq-unbound-stays-pending", test_unbound_stays_pending},
    {"irq-unmask-and-wait", test_unmask_and_wait},
    {"irq-before-threads", test_irq_before_threads},
    {"irq-semaphore", test_semaphore},
    {"irq-icu", test_icu},
    {"irq-real-interrupt", test_real_interrupt},
    {"irq-log-read", test_log_read},
    {NULL, NULL},
};
