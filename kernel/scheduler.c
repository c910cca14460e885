/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "invocation.h"
#include "scheduler.h"
#include "thread.h"
#include "x86_64/timer.h"

enum { CLASS_FIXED_PRIORITY = 0x2, PRIORITIES = SCHEDULER_MAX_PRIORITY + 1 };

/*
 * One list per priority; a bit of `occupied` is set exactly if its list is not empty. Of the READY
 * threads two are on no list: `running`, picked last, and `handed`, which somebody waits for and
 * which is to run before its peers. So a rendezvous, where one blocks and the other goes on, does
 * not touch the lists.
 */
static struct list ready[PRIORITIES];
static uint64_t occupied[PRIORITIES / 64];
static unsigned top; /* the highest priority with a list that is not empty; 0: none */
static struct thread *running, *handed;
static uint64_t idle_us;

void scheduler_init(void)
{
    for (unsigned i = 0; i < PRIORITIES; i++)
        list_init(&ready[i]);
}

/* Priority 0 is nobody's. */
static unsigned highest(void)
{
    for (int i = ARRAY_SIZE(occupied) - 1; i >= 0; i--)
        if (occupied[i])
            return (unsigned)(i * 64 + 63 - __builtin_clzll(occupied[i]));
    return 0;
}

__attribute__((noinline))
static void enter(struct thread *t, bool first)
{
    struct list *head = &ready[t->priority];
    list_insert(first ? head->next : head, &t->ready);
    occupied[t->priority / 64] |= 1ull << t->priority % 64;
    top = t->priority > top ? t->priority : top;
}

__attribute__((noinline))
static void leave(struct thread *t)
{
    list_remove(&t->ready);
    if (!list_empty(&ready[t->priority]))
        return;
    occupied[t->priority / 64] &= ~(1ull << t->priority % 64);
    top = highest();
}

void scheduler_add(struct thread *t, bool first)
{
    if (!first) {
        enter(t, false);
        return;
    }
    if (handed)
        enter(handed, true);
    handed = t;
}

void scheduler_remove(struct thread *t)
{
    if (t == running)
        running = NULL;
    else if (t == handed)
        handed = NULL;
    else
        leave(t);
}

void scheduler_stop(struct thread *t)
{
    if (!unlikely(t != running))
        running = NULL;
}

/* @t, which was to run, makes way for the first one of the highest priority. */
__attribute__((noinline))
static struct thread *overtake(struct thread *t)
{
    if (t)
        enter(t, true);
    if (!top)
        return NULL;
    t = list_first(&ready[top], struct thread, ready);
    leave(t);
    return t;
}

struct thread *scheduler_pick(void)
{
    struct thread *t = running;
    if (handed) {
        if (running)
            enter(running, true);
        t = handed;
        handed = NULL;
    }
    if (!t || top > t->priority)
        t = overtake(t);
    running = t;
    return t;
}

bool scheduler_allows(const struct thread *t)
{
    return t->priority >= top;
}

void scheduler_hand_over(struct thread *t)
{
    running = t;
}

struct thread *scheduler_running(void)
{
    return running;
}

struct list *scheduler_queue(unsigned priority)
{
    return &ready[priority];
}

bool scheduler_knows(const struct thread *t)
{
    bool listed = !list_empty(&t->ready);
    return listed + (t == running) + (t == handed) == (t->state == THREAD_READY);
}

bool scheduler_is_sound(void)
{
    struct thread *t;
    for (unsigned p = 0; p < PRIORITIES; p++) {
        if (list_empty(&ready[p]) == (occupied[p / 64] >> p % 64 & 1))
            return false;
        list_for_each(t, &ready[p], ready)
            if (t->state != THREAD_READY || t->priority != p)
                return false;
    }
    return top == highest();
}

void scheduler_yield(struct thread *t)
{
    t->slice_us = t->quantum_us;
    if (t->state == THREAD_READY) {
        scheduler_remove(t);
        scheduler_add(t, false);
    }
}

void scheduler_tick(struct thread *interrupted)
{
    interrupted->consumed_us += TIMER_TICK_US;
    interrupted->slice_us -= TIMER_TICK_US;
    if (interrupted->slice_us <= 0)
        scheduler_yield(interrupted);
}

void scheduler_idle_tick(void)
{
    idle_us += TIMER_TICK_US;
}

static l4_msgtag_t op_info(struct invocation *call)
{
    if (call->words < 2)
        return answer(-L4_EMSGTOOSHORT);
    if (call->mr[1] & 0xffffff)
        return answer(-L4_ERANGE);
    call->mr[0] = 1;
    call->mr[1] = 1;
    call->mr[2] = CLASS_FIXED_PRIORITY;
    return answer_words(0, 3);
}

void scheduler_set_priority(struct thread *t, unsigned priority)
{
    bool is_ready = t->state == THREAD_READY;
    if (is_ready)
        scheduler_remove(t);
    t->priority = (uint8_t)priority;
    if (is_ready)
        scheduler_add(t, t == current);
}

/* The plain form, and the extended one of class "fixed priority" (MR[3] = -1). */
static l4_msgtag_t op_run(struct invocation *call)
{
    if (call->words < 5)
        return answer(-L4_EMSGTOOSHORT);
    int64_t priority = (int64_t)call->mr[3];
    uint64_t quantum = call->mr[4];
    if (priority == -1 && call->words >= 7) {
        quantum = call->mr[5];
        priority = (int64_t)call->mr[6];
    }
    if (priority < 1)
        return answer(-L4_EINVAL);
    struct argument a = argument_object(call, 0, &thread_type, 0);
    if (!a.object)
        return a.error;
    struct thread *t = container_of(a.object, struct thread, object);
    t->quantum_us = quantum ? (int64_t)min_u64(quantum, 1ull << 40) : SCHEDULER_QUANTUM_US;
    t->slice_us = t->quantum_us;
    scheduler_set_priority(t, (unsigned)min_u64((uint64_t)priority, SCHEDULER_MAX_PRIORITY));
    t->scheduled = true;
    thread_run_if_complete(t);
    return answer(0);
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    (void)object;
    if (call->protocol != L4_PROTO_SCHEDULER)
        return answer(-L4_EBADPROTO);
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    switch (call->mr[0]) {
    case L4_SCHED_INFO:
        return op_info(call);
    case L4_SCHED_RUN_THREAD:
        return op_run(call);
    case L4_SCHED_IDLE_TIME:
        call->mr[0] = idle_us;
        return answer_words(0, 1);
    default:
        return answer(-L4_ENOSYS);
    }
}

const struct object_type scheduler_type = {"scheduler", NULL, invoke, NULL, NULL, NULL};
