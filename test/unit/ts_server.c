/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/ops.h>
#include "unit.h"

#include "errors/errors.h"
#include "idl/ts.h"
#include "idl/ts_control.h"
#include "idl/ts_self.h"
#include "server/simple_ts/gates.h"
#include "server/simple_ts/kernel.h"
#include "test/unit/idl/kernel.h"

/*
 * The task server by messages, on the pretended kernel: rows T06, T08, T11. Factories, tasks and
 * threads are objects of no kind in that kernel; who deletes them is what counts.
 */

#define L (&fake_clients[0]) /* the loader */
#define P (&fake_clients[1]) /* the new task */
#define BASE l4_cap(5)
#define IRQ  l4_cap(6)

/* Slots for what L gets. */
enum { TASK = 10, FACTORY, THREAD, SCHEDULER, SELF, CONTROL, AFTER };

static struct ipc_object objects[16];
static struct ipc_reply_slot replies[1];
static struct ipc_server server = {
    .name = "ts", .objects = objects, .object_count = 16, .replies = replies, .reply_count = 1};
static unsigned free_slots, triggered, made, deleted, fail_at;

l4_cap_t kernel_slot(void)
{
    return slots_alloc();
}

void kernel_slot_free(l4_cap_t slot)
{
    slots_free(slot);
}

static long make(l4_cap_t target)
{
    if (made + 1 == fail_at)
        return -ERR_ENOMEM;
    made++;
    fake_make(&fake_server, target, L4_CAP_RWSD);
    return 0;
}

long kernel_factory(l4_cap_t target, uint64_t quota)
{
    (void)quota;
    return make(target);
}

long kernel_task(l4_cap_t factory, l4_cap_t target)
{
    (void)factory;
    return make(target);
}

long kernel_thread(l4_cap_t factory, l4_cap_t target)
{
    (void)factory;
    return make(target);
}

long kernel_bind(l4_cap_t thread, l4_cap_t task)
{
    (void)thread, (void)task;
    return 0;
}

void kernel_name(l4_cap_t task, l4_cap_t thread, const char *name)
{
    (void)task, (void)thread, (void)name;
}

void kernel_delete(l4_cap_t slot)
{
    deleted += fake_slot(&fake_server, slot)->object != NULL;
    ipc_kernel_delete(slot);
}

void kernel_release(l4_cap_t slot)
{
    slots_release(slot);
}

void kernel_trigger(l4_cap_t irq)
{
    (void)irq;
    triggered++;
}

static void start(void)
{
    fake_give(fake_start(&server, &ts_base_kind)->gate, L, BASE, L4_CAP_RWS);
    fake_enter(L);
    fake_make(L, IRQ, L4_CAP_RWS);
    free_slots = slots_left();
    triggered = made = deleted = fail_at = 0;
}

static long create(void)
{
    uint32_t id;

    return ts_create(BASE, "hello", 1 << 20, 10, IRQ, &id, l4_cap(TASK), l4_cap(FACTORY),
                     l4_cap(THREAD), l4_cap(SCHEDULER), l4_cap(SELF), l4_cap(CONTROL));
}

/* The self gate is P's alone, as after a start. */
static void hand_over(void)
{
    *fake_slot(P, l4_cap(SELF)) = *fake_slot(L, l4_cap(SELF));
    *fake_slot(L, l4_cap(SELF)) = (struct fake_cap){0};
}

static unsigned live_objects(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < server.object_count; i++)
        count += objects[i].kind != NULL;
    return count;
}

/* Nothing of a task is left, in the server or at its client. */
static bool all_gone(void)
{
    for (unsigned slot = TASK; slot < AFTER; slot++)
        if (fake_slot(L, l4_cap(slot))->object)
            return false;
    return live_objects() == 1 && made == deleted && slots_left() == free_slots;
}

TEST(what_the_maker_gets)
{
    start();
    CHECK_EQ(create(), 0);
    for (unsigned slot = TASK; slot < AFTER; slot++) {
        unsigned rights = fake_slot(L, l4_cap(slot))->rights;
        CHECK_EQ(rights, slot < SELF ? L4_CAP_RWS : L4_CAP_RW); /* never D */
    }
    fake_drop(L, l4_cap(CONTROL));
    fake_run();
    CHECK(all_gone()); /* its death kills, and takes everything from everybody */
    CHECK_EQ(triggered, 1);
}

TEST(exit_code_reaches_the_maker)
{
    uint32_t state;
    int32_t code;

    start();
    CHECK_EQ(create(), 0);
    CHECK_EQ(ts_control_status(l4_cap(CONTROL), &state, &code), 0);
    CHECK_EQ(state, TS_CONTROL_RUNNING);
    hand_over();
    fake_enter(P);
    CHECK_EQ(ts_self_exit(l4_cap(SELF), 3), 0); /* here P survives its task */
    fake_enter(L);
    CHECK_EQ(triggered, 1);
    CHECK_EQ(deleted, 3);
    CHECK_EQ(ts_control_status(l4_cap(CONTROL), &state, &code), 0);
    CHECK_EQ(state, TS_CONTROL_EXITED);
    CHECK_EQ(code, 3);
    CHECK_EQ(ts_control_kill(l4_cap(CONTROL)), 0);
    CHECK_EQ(ts_control_status(l4_cap(CONTROL), &state, &code), 0);
    CHECK_EQ(code, 3); /* the first end counts */
    fake_drop(P, l4_cap(SELF));
    fake_drop(L, l4_cap(CONTROL));
    fake_drop(L, l4_cap(SCHEDULER));
    fake_run();
    CHECK(all_gone());
}

TEST(killed_on_return)
{
    uint32_t state;
    int32_t code;

    start();
    CHECK_EQ(create(), 0);
    CHECK_EQ(ts_control_kill(l4_cap(CONTROL)), 0);
    CHECK_EQ(deleted, 3);
    CHECK(!fake_slot(L, l4_cap(TASK))->object);
    CHECK_EQ(ts_control_status(l4_cap(CONTROL), &state, &code), 0);
    CHECK_EQ(state, TS_CONTROL_KILLED);
    CHECK_EQ(ts_self_exit(l4_cap(SELF), 9), 0); /* too late */
    CHECK_EQ(ts_control_status(l4_cap(CONTROL), &state, &code), 0);
    CHECK_EQ(state, TS_CONTROL_KILLED);
    fake_drop(L, l4_cap(CONTROL));
    fake_run();
    CHECK(all_gone());
}

TEST(own_gate_dies_before_the_control_gate)
{
    start();
    CHECK_EQ(create(), 0);
    hand_over();
    fake_drop(P, l4_cap(SELF));
    fake_drop(L, l4_cap(SCHEDULER));
    fake_run();
    CHECK_EQ(live_objects(), 2);
    CHECK_EQ(deleted, 0);
    fake_drop(L, l4_cap(CONTROL));
    fake_run();
    CHECK(all_gone());
}

TEST(nothing_is_left_of_a_failure)
{
    start();
    for (unsigned step = 1; step <= 3; step++) {
        made = deleted = 0;
        fail_at = step;
        CHECK_EQ(create(), -ERR_ENOMEM);
        CHECK(all_gone());
        CHECK(fake_receive_slots_empty());
    }
    fail_at = 0;
    server.object_count = 3; /* no entry for the third gate */
    made = deleted = 0;
    CHECK_EQ(create(), -ERR_ENOMEM);
    CHECK(all_gone());
    CHECK_EQ(triggered, 0);
    server.object_count = 16;
    made = deleted = 0;
    fake_reply_error = L4_IPC_SETIMEOUT; /* the caller never hears of its task */
    CHECK_EQ(create(), -(L4_EIPC + L4_IPC_RETIMEOUT));
    CHECK(all_gone());
    CHECK_EQ(create(), 0);
}

TEST(who_may_create)
{
    start();
    fake_slot(L, BASE)->rights = L4_CAP_RW;
    CHECK_EQ(create(), -ERR_EPERM);
    CHECK(all_gone());
}

/* What a client may send to its scheduling proxy that is no run request. */
TEST(proxy_refuses_strange_messages)
{
    uint64_t label;
    l4_msgtag_t tag;

    start();
    CHECK_EQ(create(), 0);
    label = fake_slot(L, l4_cap(SCHEDULER))->object->label;
    memset(L->utcb.mr, 0, sizeof(L->utcb.mr));
    L->utcb.mr[0] = L4_SCHED_RUN_THREAD;
    L->utcb.mr[3] = 5;
    tag = fake_call(L, label, l4_msgtag(L4_PROTO_SCHEDULER, 5, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), -ERR_EMSGMISSARG);
    tag = fake_call(L, label, l4_msgtag(L4_PROTO_FACTORY, 5, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), -ERR_EBADPROTO);
    tag = fake_call(L, label, l4_msgtag(TS_PROTOCOL, 5, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), -ERR_EBADPROTO);
    L->utcb.mr[0] = L4_SCHED_RUN_THREAD;
    L->utcb.mr[3] = 5;
    L->utcb.mr[5] = L4_ITEM_MAP; /* one of the server's own gates is no thread */
    L->utcb.mr[6] = l4_fpage_obj(BASE, 0, L4_CAP_RWS).raw;
    tag = fake_call(L, label, l4_msgtag(L4_PROTO_SCHEDULER, 5, 1, 0));
    CHECK_EQ(l4_msgtag_label(tag), -ERR_EINVAL);
}

UNIT_MAIN(T(what_the_maker_gets), T(exit_code_reaches_the_maker), T(killed_on_return),
          T(own_gate_dies_before_the_control_gate), T(nothing_is_left_of_a_failure),
          T(who_may_create), T(proxy_refuses_strange_messages))
