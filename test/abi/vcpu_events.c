/* SPDX-License-Identifier: BSD-2-Clause */
/* vCPU mode: messages, and events of host mode (ABI 4.6, 8.5). */
#include "vcpu.h"

enum { CALL = 0xfd, MESSAGE = 0xfe, RAISED = 0xff, UNDEFINED = 6, PAGE_FAULT = 14 };
enum { LABEL = 0x5550, IRQ_LABEL = 0x777 };
#define NOWHERE 0x60000000ull

static l4_cap_t gate, irq;

/* A gate and an IRQ object for the vCPU; they are made by itself. */
static bool sources(void)
{
    gate = cap_new();
    irq = cap_new();
    return !l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, host.worker.cap, LABEL)
           && !l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq)
           && !l4_irq_bind(irq, host.worker.cap, IRQ_LABEL);
}

static void in_loop(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    EXPECT(sources());
    area->regs.rbx = 0;
    EXPECT_EQ(user_run(user_loop), MESSAGE);
    EXPECT_EQ(area->regs.error, 0);
    EXPECT_EQ(area->ipc_label, IRQ_LABEL);
    EXPECT_EQ(area->ipc_tag, 0);
    EXPECT(area->regs.rbx > 0);
    EXPECT_EQ(area->saved_state, USER_STATE | 7);
    EXPECT_EQ(area->state, L4_VCPU_F_FPU_ENABLED);
    EXPECT_EQ(area->sticky_flags, 0);
    uint64_t turns = area->regs.rbx;
    EXPECT_EQ(user_go(), MESSAGE); /* on where it was */
    EXPECT(area->regs.rbx > turns);
}

/* The vCPU loops in user mode below us, and is interrupted by an IRQ. */
static void test_irq(void)
{
    CHECK(host_start_below(in_loop));
    WAIT_FOR(IN_USER_MODE);
    l4_sleep_us(2000);
    l4_irq_trigger(irq);
    CHECK_EQ(host.area->state, L4_VCPU_F_FPU_ENABLED); /* at once, before it runs */
    WAIT_FOR(IN_USER_MODE);
    l4_sleep_us(2000);
    CHECK(!host.worker.done);
    l4_irq_trigger(irq);
    CHECK(host_ended(__FILE__));
}

static void in_served(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    EXPECT(sources());
    EXPECT_EQ(user_run(user_loop), MESSAGE);
    EXPECT_EQ(l4_msgtag_words((l4_msgtag_t){area->ipc_tag}), 2);
    EXPECT_EQ(l4_msgtag_label((l4_msgtag_t){area->ipc_tag}), 9);
    EXPECT_EQ(area->ipc_label, LABEL | 3);
    EXPECT_EQ(l4_utcb()->mr[1], 22);
    l4_utcb()->mr[0] = l4_utcb()->mr[0] + 1;
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(5, 1, 0, 0), L4_BOTH_ZERO);
}

/* A call with time-outs zero reaches a vCPU in user mode, which answers it. */
static void test_call(void)
{
    CHECK(host_start_below(in_served));
    WAIT_FOR(IN_USER_MODE);
    l4_utcb()->mr[0] = 11;
    l4_utcb()->mr[1] = 22;
    l4_msgtag_t tag = l4_ipc_call(gate, l4_msgtag(9, 2, 0, 0),
                                  l4_timeouts(L4_TIMEOUT_ZERO, l4_timeout_us(50000)));
    CHECK_EQ(l4_result(tag), 5);
    CHECK_EQ(l4_utcb()->mr[0], 12);
    CHECK(host_ended(__FILE__));
}

static void in_given(struct worker *self)
{
    l4_cap_t slot = cap_new();
    EXPECT(sources());
    l4_receive_cap(slot);
    EXPECT_EQ(user_run(user_loop), MESSAGE);
    EXPECT_EQ(l4_msgtag_items((l4_msgtag_t){host.area->ipc_tag}), 1);
    EXPECT_EQ(l4_msgtag_words((l4_msgtag_t){host.area->ipc_tag}), 1);
    EXPECT_EQ(host.area->ipc_label, LABEL | 3);
    EXPECT_EQ(l4_utcb()->mr[0], 33);
    EXPECT(l4_cap_equal(slot, L4_BASE_LOG_CAP));
}

/* A message with an item, into the window that is set in the UTCB. */
static void test_item(void)
{
    CHECK(host_start_below(in_given));
    WAIT_FOR(IN_USER_MODE);
    l4_utcb()->mr[0] = 33;
    l4_put_item(1, 0, l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RWS));
    l4_timeouts_t soon = l4_timeouts(l4_timeout_us(100000), L4_TIMEOUT_NEVER);
    CHECK_EQ(l4_result(l4_ipc_send(gate, l4_msgtag(0, 1, 1, 0), soon)), 0);
    CHECK(host_ended(__FILE__));
}

/* In host mode with `state` 0 messages wait, and the next resume takes one instead. */
static void in_pending(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    EXPECT(sources());
    EXPECT_EQ(user_run(user_call), CALL);
    l4_irq_trigger(irq);
    EXPECT_EQ(area->sticky_flags, L4_VCPU_SF_IRQ_PENDING);
    area->regs.rax = 42;
    user_at(user_undefined);
    area->saved_state = USER_STATE | L4_VCPU_F_IRQ;
    EXPECT_EQ(user_go(), MESSAGE);
    EXPECT_EQ(area->ipc_label, IRQ_LABEL);
    EXPECT_EQ(area->sticky_flags, 0);
    EXPECT_EQ(area->regs.rip, (uint64_t)user_undefined);
    EXPECT_EQ(area->regs.rax, 42);
    EXPECT_EQ(area->saved_state, USER_STATE | L4_VCPU_F_IRQ);
    EXPECT_EQ(area->state, L4_VCPU_F_FPU_ENABLED);
    EXPECT_EQ(user_go(), UNDEFINED);
    l4_irq_trigger(irq);
    area->saved_state = USER_STATE; /* without the flag it is not looked at before user mode */
    long trap = user_go();
    EXPECT(trap == MESSAGE || trap == UNDEFINED);
}

static void test_pending(void)
{
    HOST(in_pending);
}

/* Receives of its own empty the queue, and with it the flag goes. */
static void in_receive(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    uint64_t label = 0;
    EXPECT(sources());
    l4_irq_trigger(irq);
    EXPECT_EQ(area->sticky_flags, L4_VCPU_SF_IRQ_PENDING);
    EXPECT_EQ(l4_ipc_receive(irq, L4_RECV_ZERO).raw, 0);
    EXPECT_EQ(area->sticky_flags, 0);
    l4_irq_trigger(irq);
    EXPECT_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO).raw, 0);
    EXPECT_EQ(label, IRQ_LABEL);
    EXPECT_EQ(area->sticky_flags, 0);
    EXPECT_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO).raw, L4_MSGTAG_ERROR);
    area->sticky_flags = L4_VCPU_SF_IRQ_PENDING; /* a lie is not believed for ever */
    user_at(user_call);
    area->saved_state = USER_STATE | L4_VCPU_F_IRQ;
    long trap = user_go();
    if (trap == MESSAGE) {
        area->sticky_flags = 0;
        trap = user_go();
    }
    EXPECT_EQ(trap, CALL);
}

static void test_receive(void)
{
    HOST(in_receive);
}

static void in_wait(struct worker *self)
{
    EXPECT(sources());
    l4_sleep_us(30000); /* in an IPC of its own */
}

/* Senders to host mode wait or fail; one that gives up takes the flag with it. */
static void test_senders_wait(void)
{
    CHECK(host_start(in_wait));
    CHECK_EQ(l4_result(l4_ipc_send(gate, l4_msgtag(0, 0, 0, 0), L4_BOTH_ZERO)),
             -(L4_EIPC + L4_IPC_SETIMEOUT));
    CHECK_EQ(host.area->sticky_flags, 0);
    l4_timeouts_t soon = l4_timeouts(l4_timeout_us(3000), L4_TIMEOUT_NEVER);
    host.area->state = L4_VCPU_F_IRQ; /* does not help while it sleeps */
    CHECK_EQ(l4_result(l4_ipc_send(gate, l4_msgtag(0, 0, 0, 0), soon)),
             -(L4_EIPC + L4_IPC_SETIMEOUT));
    CHECK_EQ(host.area->sticky_flags, 0);
    host.area->state = 0;
    CHECK(host_ended(__FILE__));
}

/*
 * Events of host mode come on the stack where it was. The stub keeps what the red zone may hold,
 * lets a function look at the area, and resumes.
 */
void host_event(struct l4_vcpu *area);
extern char host_entry[];
static unsigned events;
static struct l4_vcpu seen;
static void (*repair)(struct l4_vcpu *area);
__asm__(".text\nhost_entry:\tleaq -128(%rsp), %rsp\n\tandq $-16, %rsp\n\tcall host_event\n\tud2\n");

void host_event(struct l4_vcpu *area)
{
    events++;
    seen = *area;
    if (repair)
        repair(area);
    l4_utcb()->mr[0] = L4_THREAD_VCPU_RESUME;
    l4_ipc_call(L4_INVALID_CAP, l4_msgtag(L4_PROTO_THREAD, 1, 0, 0), L4_NEVER);
}

static void listen(unsigned state, void (*function)(struct l4_vcpu *))
{
    events = 0;
    repair = function;
    host.area->entry_ip = (uint64_t)host_entry;
    host.area->entry_sp = 0; /* not used */
    host.area->state = (uint16_t)state;
}

static void skip_2(struct l4_vcpu *area)
{
    area->regs.rip += 2;
}

static void in_host_exception(struct worker *self)
{
    uint64_t rbx = 0x123, sp;
    listen(L4_VCPU_F_EXCEPTIONS, skip_2);
    __asm__ volatile("movq %%rsp, %1\n\tud2" : "+b"(rbx), "=r"(sp) : : "memory");
    EXPECT_EQ(events, 1);
    EXPECT_EQ(seen.regs.trap, UNDEFINED);
    EXPECT_EQ(seen.regs.rbx, 0x123);
    EXPECT_EQ(seen.regs.rsp, sp);
    EXPECT_EQ(seen.saved_state, L4_VCPU_F_EXCEPTIONS);
    EXPECT_EQ(seen.state, 0);
    EXPECT_EQ(host.area->state, L4_VCPU_F_EXCEPTIONS); /* as before */
    EXPECT(l4_utcb()->self == self->utcb);
}

static void test_host_exception(void)
{
    HOST(in_host_exception);
}

static void other_address(struct l4_vcpu *area)
{
    area->regs.rbx = (uint64_t)test_memory();
}

static void in_host_fault(struct worker *self)
{
    uint64_t address = NOWHERE;
    listen(L4_VCPU_F_PAGE_FAULTS, other_address);
    __asm__ volatile("movq (%%rbx), %%rax" : "+b"(address) : : "rax", "memory");
    EXPECT_EQ(events, 1);
    EXPECT_EQ(seen.regs.trap, PAGE_FAULT);
    EXPECT_EQ(seen.regs.fault_address, NOWHERE);
    EXPECT_EQ(address, (uint64_t)test_memory());
}

static void test_host_fault(void)
{
    HOST(in_host_fault);
}

static volatile bool go_on;

static void in_host_irq(struct worker *self)
{
    EXPECT(sources());
    go_on = false;
    listen(L4_VCPU_F_IRQ, NULL);
    while (!go_on)
        __asm__ volatile("" : : : "memory");
    EXPECT_EQ(events, 1);
    EXPECT_EQ(seen.regs.trap, MESSAGE);
    EXPECT_EQ(seen.ipc_label, IRQ_LABEL);
    EXPECT_EQ(seen.saved_state, L4_VCPU_F_IRQ);
    EXPECT_EQ(seen.state, 0);
    l4_irq_trigger(irq); /* one's own */
    EXPECT_EQ(events, 2);
    host.area->state = 0;
    l4_irq_trigger(irq);
    EXPECT_EQ(events, 2);
    EXPECT_EQ(host.area->sticky_flags, L4_VCPU_SF_IRQ_PENDING);
}

static void test_host_irq(void)
{
    CHECK(host_start_below(in_host_irq));
    WAIT_FOR(*(volatile uint16_t *)&host.area->state == L4_VCPU_F_IRQ);
    l4_irq_trigger(irq);
    WAIT_FOR(*(volatile uint16_t *)&host.area->state == L4_VCPU_F_IRQ);
    go_on = true;
    CHECK(host_ended(__FILE__));
}

static void undefined(struct worker *self)
{
    EXPECT_EQ(user_run(user_call), CALL);
    __asm__ volatile("ud2");
    self->result = 0;
}

/* With `state` 0 host mode has a pager and an exception handler like any thread. */
static void test_host_plain(void)
{
    l4_cap_t handler = cap_new();
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, handler, L4_BASE_THREAD_CAP, 0), 0);
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, handler, TASK_SLOT, L4_CAP_RWS), 0);
    CHECK(host_create());
    struct l4_thread_control control = {.exc_handler = TASK_SLOT};
    CHECK_EQ(l4_thread_control(host.worker.cap, &control), 0);
    CHECK(host_run(undefined, MAIN_PRIORITY + 1));
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, L4_RECV_ZERO);
    CHECK_EQ(l4_msgtag_label(tag), L4_PROTO_EXCEPTION);
    struct l4_exc_regs *r = (struct l4_exc_regs *)l4_utcb()->mr;
    CHECK_EQ(r->trap, UNDEFINED);
    CHECK_EQ(r->gs_base, host.worker.utcb + L4_UTCB_GS_OFFSET);
    r->rip += 2;
    l4_ipc_reply(L4_INVALID_CAP, l4_msgtag(0, L4_EXC_WORDS, 0, 0), L4_BOTH_ZERO);
    CHECK(host_ended(__FILE__));
}

static void in_ex_regs(struct worker *self)
{
    host.area->regs.trap = 0;
    EXPECT_EQ(user_run(user_loop), RAISED);
    EXPECT(host.area->regs.rip - (uint64_t)user_loop <= 3);
    EXPECT_EQ(user_go(), CALL);
    EXPECT_EQ(host.area->regs.rip, (uint64_t)user_call);
    EXPECT_EQ(host.area->regs.rsp, 0x1230);
}

/* ex_regs of others: user mode is raised to its entry, or goes on elsewhere. Stats as ever. */
static void test_ex_regs(void)
{
    uint64_t us = 0;
    CHECK(host_start_below(in_ex_regs));
    WAIT_FOR(IN_USER_MODE);
    CHECK_EQ(l4_thread_ex_regs(host.worker.cap, ~0ull, ~0ull, L4_EX_REGS_TRIGGER), 0);
    WAIT_FOR(*(volatile uint64_t *)&host.area->regs.trap == RAISED && IN_USER_MODE);
    CHECK_EQ(l4_thread_ex_regs(host.worker.cap, (uint64_t)user_call, 0x1230, L4_EX_REGS_CANCEL), 0);
    CHECK(host_ended(__FILE__));
    CHECK_EQ(l4_thread_stats(host.worker.cap, &us), 0);
}

static void in_death(struct worker *self)
{
    (void)self;
    user_run(user_loop);
}

/* The thread dies in user mode; the task is deleted under it; both leave nothing behind. */
static void test_death(void)
{
    CHECK(host_start_below(in_death));
    WAIT_FOR(IN_USER_MODE);
    l4_cap_delete(host.worker.cap);
    CHECK(kernel_audit());
    CHECK(host_start_below(in_death));
    WAIT_FOR(IN_USER_MODE);
    l4_cap_delete(host.user.cap);
    CHECK(kernel_audit());
    WAIT_FOR(host.worker.done);
    CHECK_EQ(host.area->regs.trap, PAGE_FAULT);
}

const struct test vcpu_event_tests[] = {
    {"vcpu-irq", test_irq},
    {"vcpu-call-to-user-mode", test_call},
    {"vcpu-item-to-user-mode", test_item},
    {"vcpu-pending", test_pending},
    {"vcpu-receive", test_receive},
    {"vcpu-senders-wait", test_senders_wait},
    {"vcpu-host-exception", test_host_exception},
    {"vcpu-host-fault", test_host_fault},
    {"vcpu-host-irq", test_host_irq},
    {"vcpu-host-plain", test_host_plain},
    {"vcpu-ex-regs", test_ex_regs},
    {"vcpu-death", test_death},
    {NULL, NULL},
};
