/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt to a user thread; making and deleting tasks and threads. */
#include "bench.h"

enum { ROUNDS = 100 };

static struct worker handler;
static l4_cap_t irq;
static volatile uint64_t arrived;

static void wait_for_irq(struct worker *w)
{
    (void)w;
    for (;;) {
        l4_ipc_receive(irq, L4_NEVER);
        arrived = l4_cycles();
    }
}

/* Triggered by software: from there to the handler's first instruction, and until we go on. */
static void interrupt(void)
{
    uint64_t sum = 0;

    irq = cap_new();
    bench_need(!l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), "irq");
    bench_need(worker_create(&handler, &own_task), "handler");
    bench_need(!l4_irq_bind(irq, handler.cap, 0x40), "bind");
    bench_need(worker_run(&handler, wait_for_irq, MAIN_PRIORITY + 1), "run");
    struct bench b = bench_begin();
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = l4_cycles();
        l4_irq_trigger(irq);
        sum += arrived - start;
    }
    bench_report(&b, "interrupt-to-thread", ROUNDS, sum);
}

static void tasks(void)
{
    l4_cap_t task = cap_new();
    struct bench b = bench_begin();

    for (unsigned i = 0; i < ROUNDS; i++) {
        l4_fpage_t utcbs = l4_fpage_mem(0x70000000, L4_PAGE_SHIFT, L4_FPAGE_RW);
        bench_need(!l4_factory_create_task(L4_BASE_FACTORY_CAP, task, utcbs), "task");
        l4_cap_delete(task);
    }
    bench_end(&b, "task-create-delete", ROUNDS);
}

static void threads(void)
{
    l4_cap_t thread = cap_new();
    struct l4_thread_control control = {
        .pager = L4_BASE_PAGER_CAP, .exc_handler = L4_BASE_PAGER_CAP, .task = L4_BASE_TASK_CAP};
    static struct worker place; /* its UTCB */

    bench_need(worker_create(&place, &own_task), "thread");
    control.utcb = place.utcb;
    l4_cap_delete(place.cap);
    struct bench b = bench_begin();
    for (unsigned i = 0; i < ROUNDS; i++) {
        bench_need(!l4_factory_create_thread(L4_BASE_FACTORY_CAP, thread), "thread");
        bench_need(!l4_thread_control(thread, &control), "bind");
        l4_cap_delete(thread);
    }
    bench_end(&b, "thread-create-bind-delete", ROUNDS);
}

void bench_objects(void)
{
    interrupt();
    tasks();
    threads();
}
