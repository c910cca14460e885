/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's message state machine (ipc.c, reply.c, scheduler.c) against a model that says the
 * rules of ABI 1.3 as plainly as possible, with recursion and linear searches. Six threads and an
 * IRQ object; random sends, calls, replies, waits, cancels, expiries, deaths.
 */
#include <l4/error.h>

#include "gate.h"
#include "invocation.h"
#include "irq.h"
#include "scheduler.h"
#include "thread.h"
#include "transfer.h"
#include "x86_64/timer.h"
#include "kernel_heap.h"
#include "unit.h"

enum { THREADS = 6, STEPS = 1000000, IRQ = THREADS };

/* What ipc.c needs of the rest. */
struct thread *current;
const struct object_type thread_type, gate_type, irq_type;

static struct thread *threads[THREADS];
static struct l4_utcb utcbs[THREADS];
static struct irq irq;
static uint64_t next_id = 100;

unsigned transfer_message(struct thread *from, struct thread *to)
{
    to->utcb->mr[0] = from->utcb->mr[0];
    return 0;
}

void thread_wake(struct thread *t, bool first)
{
    if (t->state == THREAD_READY || t->state == THREAD_DEAD)
        return;
    t->state = THREAD_READY;
    scheduler_add(t, first);
}

void thread_block(struct thread *t, enum thread_state state)
{
    if (t->state == THREAD_READY)
        scheduler_remove(t);
    t->state = state;
}

/* No thread here is a vCPU. */
bool vcpu_interrupt(struct thread *t)
{
    (void)t;
    return false;
}

void vcpu_queued(struct thread *t)
{
    (void)t;
}

void vcpu_unqueued(struct thread *t)
{
    (void)t;
}

void thread_run_if_complete(struct thread *t)
{
    (void)t;
}

bool timeout_start(struct thread *t, l4_timeout_t timeout)
{
    (void)t;
    return timeout == L4_TIMEOUT_NEVER;
}

uint64_t irq_take(struct irq *i)
{
    list_remove(&i->sender.node);
    return i->label;
}

struct argument argument_object(struct invocation *call, unsigned index,
                                const struct object_type *type, unsigned rights)
{
    (void)call;
    (void)index;
    (void)type;
    (void)rights;
    return (struct argument){0};
}

long work_budget;

void work_let_interrupts_in(void)
{
}

/* A task with a gate to each thread, in slots of the same numbers. */
static struct cap caps[CAPS_PER_PAGE];
static void *cap_pages[PAGE_DIR_ENTRIES] = {caps};
static struct gate gates[THREADS];
static struct task task = {.caps.dir.pages = cap_pages};
static unsigned long fast_calls, fast_answers; /* messages that went the short way */

/* The model. */
enum { READY, SENDING, RECEIVING, DEAD };
enum { NOBODY = -1, ANYBODY = -2 };

static struct model {
    int state, to, from; /* whom it sends to; whom it waits for */
    unsigned flags, priority;
    bool zero_receive;
    bool put_off;        /* READY to make its receive phase, once it runs */
    int caller;          /* in its reply slot */
    unsigned long since; /* SENDING: order of arrival */
    unsigned long message, got;
    unsigned error;      /* of the last operation */
    int got_from;
} model[THREADS];

static bool irq_queued;
static int irq_thread;
static unsigned long arrivals, irq_since;

static void forget_caller(int t)
{
    for (int i = 0; i < THREADS; i++)
        if (model[i].caller == t)
            model[i].caller = NOBODY;
}

static void model_end(int t, unsigned error)
{
    forget_caller(t);
    model[t].put_off = false;
    model[t].state = READY;
    model[t].error = error;
}

static bool is_call(int t)
{
    return (model[t].flags & L4_SYSF_RECV) && !(model[t].flags & L4_SYSF_OPEN_WAIT);
}

static void model_deliver(int s, int r)
{
    bool open = model[r].from == ANYBODY;
    model_end(r, 0);
    model[r].got = model[s].message;
    model[r].got_from = s;
    if (is_call(s) && open)
        model[r].caller = s;
}

/* The queued sender that comes first: by priority, then arrival. NOBODY: none. */
static int model_first(int t, bool after_send)
{
    int best = NOBODY;
    bool closed = model[t].from != ANYBODY;
    unsigned best_priority = 0;
    unsigned long best_since = 0;
    if (closed && after_send)
        return NOBODY;
    for (int i = 0; i <= IRQ; i++) {
        bool queued = i == IRQ ? irq_queued && irq_thread == t
                               : model[i].state == SENDING && model[i].to == t;
        unsigned priority = i == IRQ ? 255 : model[i].priority;
        unsigned long since = i == IRQ ? irq_since : model[i].since;
        if (!queued || (closed && model[t].from != i))
            continue;
        if (best == NOBODY || priority > best_priority
            || (priority == best_priority && since < best_since)) {
            best = i;
            best_priority = priority;
            best_since = since;
        }
    }
    return best;
}

static bool has_senders(int t)
{
    bool has = irq_queued && irq_thread == t;
    for (int i = 0; i < THREADS; i++)
        has |= model[i].state == SENDING && model[i].to == t;
    return has;
}

static void model_receive(int t, bool after_send)
{
    model[t].from = model[t].flags & L4_SYSF_OPEN_WAIT ? ANYBODY : model[t].from;
    int s = model_first(t, after_send);
    if (s == IRQ) {
        irq_queued = false;
        model_end(t, 0);
        model[t].got_from = IRQ;
    } else if (s != NOBODY) {
        model_deliver(s, t);
        if (model[s].flags & L4_SYSF_OPEN_WAIT && has_senders(s)) {
            model[s].state = READY;
            model[s].put_off = true;
        } else if (model[s].flags & L4_SYSF_RECV) {
            model[s].from = t;
            model_receive(s, true);
        } else {
            model_end(s, 0);
        }
    } else if (model[t].zero_receive) {
        model_end(t, L4_IPC_RETIMEOUT);
    } else {
        model[t].state = RECEIVING;
    }
}

static void model_send(int s, int r, bool zero)
{
    bool waits = model[r].state == RECEIVING && (model[r].from == ANYBODY || model[r].from == s);
    if (model[r].state == DEAD) {
        model_end(s, L4_IPC_ENOT_EXISTENT);
    } else if (waits && r != s) {
        model_deliver(s, r);
        model[s].from = r;
        if (model[s].flags & L4_SYSF_RECV)
            model_receive(s, true);
        else
            model_end(s, 0);
    } else if (zero) {
        model_end(s, L4_IPC_SETIMEOUT);
    } else {
        model[s].state = SENDING;
        model[s].to = r;
        model[s].since = arrivals++;
    }
}

static void begin(int t, unsigned flags, bool zero_send, bool zero_receive)
{
    static unsigned long message;
    struct thread *k = threads[t];
    k->ipc.kind = IPC_SYSCALL;
    k->ipc.flags = (uint8_t)flags;
    k->ipc.tag = l4_msgtag(0, 1, 0, 0);
    k->ipc.label = (uint64_t)t;
    k->ipc.rights = 1;
    k->ipc.timeouts = l4_timeouts(zero_send ? L4_TIMEOUT_ZERO : L4_TIMEOUT_NEVER,
                                  zero_receive ? L4_TIMEOUT_ZERO : L4_TIMEOUT_NEVER);
    k->ipc.wait_slot = &k->reply;
    model[t].flags = flags;
    model[t].zero_receive = zero_receive;
    k->utcb->error = 0;
    k->utcb->mr[0] = model[t].message = ++message;
}

/* The short way, if it can be gone: then the CPU is with @to. */
static bool send_fast(int t, int to, uint64_t selector)
{
    struct thread *k = threads[t];
    k->regs.rax = k->ipc.tag.raw;
    k->regs.rdx = selector | k->ipc.flags;
    k->regs.r8 = k->ipc.timeouts.raw;
    struct thread *r = ipc_fast(k);
    if (r && r != threads[to])
        unit_fail(__FILE__, __LINE__, "handed over to another");
    if (r)
        ++*(k->ipc.flags & L4_SYSF_REPLY ? &fast_answers : &fast_calls);
    return r;
}

static const unsigned phases[] = {L4_SYSF_SEND, L4_SYSF_CALL, L4_SYSF_SEND_AND_WAIT};

static void some_send(int t)
{
    int to = (int)below(THREADS);
    bool zero = below(4) == 0;
    begin(t, phases[below(3)], zero, below(8) == 0);
    if (!send_fast(t, to, l4_cap(to)))
        ipc_send(threads[t], threads[to]);
    model_send(t, to, zero);
}

static void some_wait(int t)
{
    bool open = below(2);
    int from = (int)below(THREADS + 1);
    begin(t, open ? L4_SYSF_WAIT : L4_SYSF_RECV, false, below(4) == 0);
    threads[t]->ipc.partner = from == IRQ ? irq.object.id : threads[from]->object.id;
    model[t].from = from;
    if (from < THREADS && (model[from].state == DEAD || from == t)) {
        threads[t]->ipc.partner = threads[t]->object.id; /* nobody's */
        model[t].from = t;
    }
    ipc_receive(threads[t]);
    model_receive(t, false);
}

static void some_reply(int t)
{
    static const unsigned flags[] = {0x9, 0xb, L4_SYSF_REPLY_AND_WAIT};
    int caller = model[t].caller;
    begin(t, flags[below(3)], true, below(8) == 0);
    if (!send_fast(t, caller, L4_INVALID_CAP))
        ipc_reply(threads[t], &threads[t]->reply);
    if (caller == NOBODY) {
        model_end(t, L4_IPC_ENOT_EXISTENT);
    } else {
        model[t].caller = NOBODY;
        model_send(t, caller, true);
    }
}

static void revive(int t)
{
    struct thread *k = threads[t];
    k->object.id = next_id++;
    k->state = THREAD_READY;
    k->ipc.flags = 0;
    k->utcb->error = 0;
    scheduler_add(k, false);
    gates[t].thread = k;
    model[t].state = READY;
    model[t].caller = NOBODY;
}

static void kill(int t)
{
    ipc_thread_stops(threads[t]);
    thread_block(threads[t], THREAD_DEAD);
    ipc_thread_dies(threads[t]);
    gates[t].thread = NULL;
    model_end(t, 0);
    model[t].state = DEAD;
    model[t].caller = NOBODY;
    for (int i = 0; i < THREADS; i++) {
        if (model[i].state == SENDING && model[i].to == t)
            model_end(i, L4_IPC_SECANCELED);
        if (model[i].from == t) /* waits for an id that never comes again */
            model[i].from = i;
    }
}

/* The receive phase that @t was to make when it runs. */
static void carry_on(int t)
{
    CHECK(threads[t]->todo & TODO_WORK && threads[t]->work.kind == WORK_RECEIVE);
    thread_end_work(threads[t]);
    ipc_receive_again(threads[t]);
    model[t].put_off = false;
    model_receive(t, true);
}

static void interrupt_wait(int t, bool cancel)
{
    if (model[t].put_off && cancel) {
        ipc_cancel(threads[t]);
        model_end(t, L4_IPC_RECANCELED);
    }
    if (model[t].state != SENDING && model[t].state != RECEIVING)
        return;
    bool sending = model[t].state == SENDING;
    if (cancel)
        ipc_cancel(threads[t]);
    else
        ipc_expired(threads[t]);
    model_end(t, cancel ? (sending ? L4_IPC_SECANCELED : L4_IPC_RECANCELED)
                        : (sending ? L4_IPC_SETIMEOUT : L4_IPC_RETIMEOUT));
}

static void trigger(void)
{
    if (irq_queued || model[irq_thread].state == DEAD)
        return;
    struct model *m = &model[irq_thread];
    bool waits = m->state == RECEIVING && (m->from == ANYBODY || m->from == IRQ);
    ipc_send_irq(&irq);
    if (waits) {
        model_end(irq_thread, 0);
        m->got_from = IRQ;
    } else {
        irq_queued = true;
        irq_since = arrivals++;
    }
}

static void step(void)
{
    int t = (int)below(THREADS);
    struct thread *picked = scheduler_pick();
    for (int i = 0; i < THREADS && below(3); i++)
        if (threads[i] == picked)
            t = i;
    if (model[t].state == DEAD) {
        if (below(4) == 0)
            revive(t);
    } else if (model[t].state != READY) {
        if (below(8) == 0)
            interrupt_wait(t, below(2));
        else if (below(200) == 0 && t != irq_thread)
            kill(t);
    } else if (model[t].put_off && below(20) == 0) {
        interrupt_wait(t, true);
    } else if (threads[t] == picked && model[t].put_off) {
        carry_on(t);
    } else if (threads[t] == picked) { /* only who runs makes system calls */
        void (*const calls[])(int) = {some_send, some_wait, some_reply};
        calls[below(3)](t);
    }
    if (below(16) == 0)
        trigger();
}

static void compare(void)
{
    static const int states[] = {[THREAD_READY] = READY, [THREAD_SENDING] = SENDING,
                                 [THREAD_RECEIVING] = RECEIVING, [THREAD_DEAD] = DEAD};
    for (int t = 0; t < THREADS; t++) {
        const struct thread *k = threads[t];
        const struct model *m = &model[t];
        CHECK_EQ(states[k->state], m->state);
        CHECK_EQ((k->todo & TODO_WORK) != 0, m->put_off);
        CHECK(scheduler_knows(k));
        CHECK_EQ(k->reply.caller ? (int)k->reply.caller->regs.r15 : NOBODY, m->caller);
        if (m->state != READY || m->put_off)
            continue;
        CHECK_EQ(k->utcb->error, m->error);
        if (m->error == 0 && m->got_from < THREADS && k->ipc.flags & L4_SYSF_RECV)
            CHECK_EQ(k->utcb->mr[0], m->got);
    }
    CHECK_EQ(!list_empty(&irq.sender.node), irq_queued);
    CHECK(scheduler_is_sound());
}

static void create(int t)
{
    struct thread *k = threads[t] = aligned_alloc(64, (sizeof *k + 63) & ~63ull);
    memset(k, 0, sizeof *k);
    list_init(&k->ready);
    list_init(&k->waiting);
    list_init(&k->senders);
    list_init(&k->ipc.sender.node);
    list_init(&k->timeout.node);
    k->utcb = &utcbs[t];
    k->task = &task;
    gates[t].object.type = &gate_type;
    caps[t].object = &gates[t].object;
    k->priority = (uint8_t)(1 + t / 2 * 70);
    k->regs.r15 = (uint64_t)t;
    model[t].priority = k->priority;
    revive(t);
}

TEST(random)
{
    scheduler_init();
    for (int t = 0; t < THREADS; t++)
        create(t);
    irq.object.id = next_id++;
    irq.thread = threads[irq_thread];
    irq.sender.id = irq.object.id;
    irq.sender.priority = 255;
    irq.sender.is_irq = true;
    list_init(&irq.sender.node);
    for (unsigned i = 0; i < STEPS && !unit_failed; i++) {
        step();
        compare();
    }
    CHECK(!unit_failed);
    CHECK(fast_calls > 100 && fast_answers > 100);
    for (int t = 0; t < THREADS; t++)
        free(threads[t]);
}

UNIT_MAIN(T(random))
