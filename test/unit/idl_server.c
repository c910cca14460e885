/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"
#include "test/unit/idl/server.h"

/* The loop and its rules (design.md 3, rules 2 to 6; row I03), seen from outside. */

#define SLOT(n) l4_cap(100 + (n))

static unsigned live_objects(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < sample.object_count; i++)
        count += sample.objects[i].kind != NULL;
    return count;
}

TEST(an_object_lives_as_long_as_its_clients)
{
    sample_start();
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0);
    CHECK_EQ(live_objects(), 2);
    CHECK_EQ(sample_nothing(SLOT(0)), 0);
    CHECK_EQ(sample_wait(SLOT(0), "k", NULL, NULL), -L4_ENOSYS); /* not an operation of a session */
    fake_run();
    CHECK_EQ(sample_gone, 0);
    fake_drop(CLIENT, SLOT(0));
    fake_run();
    CHECK_EQ(sample_gone, 1);
    CHECK_EQ(live_objects(), 1);
    CHECK(!sample_bad);
}

TEST(slots_and_entries_come_back)
{
    unsigned left;

    sample_start();
    left = slots_left();
    for (unsigned i = 0; i < 50; i++) {
        CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0);
        fake_drop(CLIENT, SLOT(0));
        fake_run();
    }
    CHECK_EQ(sample_gone, 50);
    CHECK_EQ(slots_left(), left);
}

TEST(no_entry_left)
{
    sample_start();
    for (unsigned i = 1; i < SAMPLE_OBJECTS; i++)
        CHECK_EQ(sample_open(SERVICE, 0, SLOT(i)), 0);
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), -L4_ENOMEM);
    fake_drop(CLIENT, SLOT(3));
    fake_run();
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0);
}

TEST(old_labels_name_nothing)
{
    uint64_t old, new;
    l4_msgtag_t tag = l4_msgtag(SAMPLE_PROTOCOL, 1, 0, 0);

    sample_start();
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0);
    old = ipc_object_label(&sample, sample_session);
    for (unsigned i = 0; i < SAMPLE_OBJECTS; i++) { /* until the entry is used again */
        fake_drop(CLIENT, SLOT(0));
        fake_run();
        CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0);
        new = ipc_object_label(&sample, sample_session);
        CHECK(new != old);
    }
    sample_calls = 0;
    CLIENT->utcb.mr[0] = SAMPLE_OP_NOTHING;
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, old | 1, tag)), -L4_ENOENT);
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, new ^ 1ull << 20, tag)), -L4_ENOENT); /* other thread's */
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, new | 4, tag)), -L4_ENOENT); /* no interrupt */
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, new ^ 1ull << 24, tag)), -L4_ENOENT);
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, 0, tag)), -L4_ENOENT);
    CHECK_EQ(sample_calls, 0);
    CLIENT->utcb.mr[0] = SAMPLE_OP_NOTHING;
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, new | 1, tag)), 0);
}

TEST(an_object_whose_reply_is_lost_is_undone)
{
    unsigned left;

    sample_start();
    left = slots_left();
    fake_reply_error = L4_IPC_SETIMEOUT;
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), -(L4_EIPC + L4_IPC_RETIMEOUT));
    CHECK_EQ(sample_gone, 1);
    CHECK_EQ(live_objects(), 1);
    CHECK_EQ(slots_left(), left);
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0);
}

TEST(a_request_that_nobody_waits_for)
{
    sample_start();
    CLIENT->utcb.mr[0] = SAMPLE_OP_OPEN;
    CLIENT->utcb.mr[1] = 0;
    fake_queue_send(CLIENT, sample_label(), l4_msgtag(SAMPLE_PROTOCOL, 2, 0, 0));
    fake_run();
    CHECK_EQ(sample_calls, 1);
    CHECK_EQ(sample_gone, 1);
    CHECK_EQ(live_objects(), 1);
}

TEST(an_object_of_a_failed_operation_is_undone)
{
    sample_start();
    CHECK_EQ(sample_open(SERVICE, 1, SLOT(0)), -L4_EBUSY);
    CHECK_EQ(sample_gone, 1);
    CHECK_EQ(live_objects(), 1);
    CHECK(!fake_slot(CLIENT, SLOT(0))->object);
}

TEST(only_the_first_lost_reply_undoes)
{
    sample_start();
    fake_make(CLIENT, SLOT(1), L4_CAP_RW);
    /* The base gate is held by all clients: a lost copy of it means nothing. */
    fake_reply_error = L4_IPC_SETIMEOUT;
    CHECK(sample_caps(SERVICE, SLOT(1), SLOT(1), SLOT(2), SLOT(3)) < 0);
    CHECK_EQ(live_objects(), 1);
    CHECK_EQ(sample_nothing(SERVICE), 0);
}

TEST(a_lost_copy_of_what_a_client_holds_undoes_nothing)
{
    sample_start();
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0);
    fake_reply_error = L4_IPC_SETIMEOUT;
    CHECK(sample_open(SERVICE, 3, SLOT(1)) < 0);
    CHECK_EQ(sample_gone, 0);
    CHECK_EQ(sample_nothing(SLOT(0)), 0);
}

TEST(received_capabilities_are_released)
{
    struct fake_object *mine;

    sample_start();
    mine = fake_make(CLIENT, SLOT(0), L4_CAP_RWSD);
    CHECK_EQ(sample_register(SERVICE, SLOT(0)), -L4_ENOENT);
    CHECK_EQ(mine->counted, 1);

    /* Refused: more items than the operation takes. */
    CLIENT->utcb.mr[0] = SAMPLE_OP_NOTHING;
    CLIENT->utcb.mr[1] = L4_ITEM_MAP;
    CLIENT->utcb.mr[2] = l4_fpage_obj(SLOT(0), 0, L4_CAP_RW).raw;
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, sample_label(), l4_msgtag(SAMPLE_PROTOCOL, 1, 1, 0))),
             -L4_EMSGMISSARG);
    CHECK_EQ(mine->counted, 1);
    fake_run(); /* the kernel checks that the receive slots are empty */
}

TEST(cut_messages_leave_nothing)
{
    struct fake_object *mine;

    sample_start();
    mine = fake_make(CLIENT, SLOT(0), L4_CAP_RW);
    CLIENT->utcb.mr[0] = SAMPLE_OP_NOTHING;
    CLIENT->utcb.mr[1] = L4_ITEM_MAP;
    CLIENT->utcb.mr[2] = l4_fpage_obj(SLOT(0), 0, L4_CAP_RW).raw;
    CLIENT->utcb.mr[3] = L4_ITEM_MAP; /* memory: no server wants it */
    CLIENT->utcb.mr[4] = l4_fpage_mem(0x1000, 12, L4_FPAGE_RW).raw;
    CHECK(l4_msgtag_has_error(fake_call(CLIENT, sample_label(), l4_msgtag(SAMPLE_PROTOCOL, 1, 2, 0))));
    CHECK_EQ(mine->counted, 1);
    CHECK_EQ(sample_calls, 0);
    CHECK_EQ(sample_nothing(SERVICE), 0);
}

TEST(capabilities_can_be_kept)
{
    struct fake_object *mine;
    l4_cap_t first;

    sample_start();
    mine = fake_make(CLIENT, SLOT(0), L4_CAP_RW);
    sample_keep = KEEP_IT;
    CHECK_EQ(sample_register(SERVICE, SLOT(0)), 0);
    CHECK_EQ(mine->counted, 2);
    first = sample_taken;
    CHECK_EQ(sample_register(SERVICE, SLOT(0)), 0);
    CHECK_EQ(mine->counted, 3);
    CHECK(first != sample_taken);
    CHECK(fake_slot(&fake_server, first)->object == mine);
    CHECK_EQ(sample_register(SERVICE, SERVICE), -L4_EINVAL); /* an own gate */
    fake_enter(&fake_server);
    slots_release(first);
    slots_release(sample_taken);
    CHECK_EQ(mine->counted, 1);
}

TEST(weak_capabilities_do_not_hold)
{
    struct fake_object *mine;

    sample_start();
    mine = fake_make(CLIENT, SLOT(0), L4_CAP_RW);
    sample_keep = KEEP_WEAK;
    CHECK_EQ(sample_register(SERVICE, SLOT(0)), 0);
    CHECK_EQ(mine->counted, 1);
    CHECK(fake_slot(&fake_server, sample_taken)->object == mine);
    fake_drop(CLIENT, SLOT(0));
    CHECK(!mine->alive);
    CHECK(!fake_slot(&fake_server, sample_taken)->object);
}

/* --- later answers --- */

static void answer_in_reverse(void)
{
    struct fake_task *before = fake_enter(&fake_server);

    for (unsigned i = sample_later_count; i-- > 0;)
        sample_wait_reply(&sample, &sample_later[i], 0, 10 + i, "note");
    fake_enter(before);
}

static long second_result, third_result;
static uint32_t second_value;

/* While client 0 waits: client 1 waits too, client 2 finds no slot, then both are answered. */
static void two_more_callers(void)
{
    char note[8];
    uint32_t value;
    struct fake_task *before = fake_enter(&fake_clients[2]);

    fake_enter(&fake_clients[1]);
    fake_idle = NULL;
    CHECK_EQ(sample_later_count, 1);
    fake_idle = answer_in_reverse;
    second_result = sample_wait(SERVICE, "two", &second_value, note);
    fake_enter(&fake_clients[2]);
    third_result = sample_wait(SERVICE, "three", &value, note);
    fake_enter(before);
}

TEST(answers_come_later_and_out_of_order)
{
    uint32_t value = 0;
    char note[8];

    sample_start();
    fake_idle = two_more_callers;
    CHECK_EQ(sample_wait(SERVICE, "one", &value, note), 0);
    CHECK_EQ(value, 10);
    CHECK_STR(note, "note");
    CHECK_EQ(second_result, 0);
    CHECK_EQ(second_value, 11);
    CHECK_EQ(third_result, -(L4_EIPC + L4_IPC_RETIMEOUT)); /* deferred, and nobody answered */
    CHECK(!ipc_later_pending(&sample, &sample_later[0]));
}

static struct ipc_later kept;

static void keep_and_answer(void)
{
    kept = sample_later[0];
    answer_in_reverse();
}

static void answer_the_old_one(void)
{
    struct fake_task *before = fake_enter(&fake_server);

    CHECK(!ipc_later_pending(&sample, &kept));
    CHECK_EQ(sample_wait_reply(&sample, &kept, 0, 99, ""), -L4_ENOENT);
    CHECK(ipc_later_pending(&sample, &sample_later[0]));
    fake_enter(before);
}

TEST(a_caller_is_answered_once)
{
    uint32_t value;
    char note[8];

    sample_start();
    fake_idle = keep_and_answer;
    CHECK_EQ(sample_wait(SERVICE, "a", &value, note), 0);
    for (unsigned i = 0; i + 1 < SAMPLE_REPLIES; i++) { /* until its slot is used again */
        sample_later_count = 0;
        fake_idle = answer_the_old_one;
        CHECK_EQ(sample_wait(SERVICE, "b", &value, note), -(L4_EIPC + L4_IPC_RETIMEOUT));
    }
    CHECK(!ipc_later_pending(&sample, &(struct ipc_later){0}));
}

TEST(deferring_is_bounded)
{
    char note[8];
    uint32_t value;

    sample_start();
    for (unsigned i = 0; i + 1 < SAMPLE_REPLIES; i++) /* these callers give up */
        CHECK_EQ(sample_wait(SERVICE, "a", &value, note), -(L4_EIPC + L4_IPC_RETIMEOUT));
    CHECK_EQ(sample_wait(SERVICE, "b", &value, note), -L4_EAGAIN);
    CHECK_EQ(sample_nothing(SERVICE), 0); /* everybody else is still served */
    fake_enter(&fake_server);
    CHECK(ipc_later_pending(&sample, &sample_later[0]));
    CHECK_EQ(ipc_later_fail(&sample, &sample_later[0], -L4_ENOENT),
             -(L4_EIPC + L4_IPC_ENOT_EXISTENT)); /* nobody there any more */
    CHECK(!ipc_later_pending(&sample, &sample_later[0]));
    CHECK_EQ(ipc_later_fail(&sample, &sample_later[0], -L4_ENOENT), -L4_ENOENT);
    fake_enter(CLIENT);
    CHECK_EQ(sample_wait(SERVICE, "c", &value, note), -(L4_EIPC + L4_IPC_RETIMEOUT));
    CHECK_EQ(sample_wait(SERVICE, "d", &value, note), -L4_EAGAIN);
}

static void answer_with_error(void)
{
    struct fake_task *before = fake_enter(&fake_server);

    sample_wait_reply(&sample, &sample_later[0], -L4_ENOENT, 0, NULL);
    fake_enter(before);
}

static void answer_too_long(void)
{
    struct fake_task *before = fake_enter(&fake_server);

    sample_wait_reply(&sample, &sample_later[0], 0, 1, "longer than seven");
    fake_enter(before);
}

TEST(later_errors)
{
    uint32_t value = 5;
    char note[8] = "x";

    sample_start();
    fake_idle = answer_with_error;
    CHECK_EQ(sample_wait(SERVICE, "a", &value, note), -L4_ENOENT);
    CHECK_EQ(value, 5);
    sample_later_count = 0;
    fake_idle = answer_too_long;
    CHECK_EQ(sample_wait(SERVICE, "a", &value, note), -L4_EIO);
    CHECK_STR(note, "x");
    CHECK_EQ(sample_wait(SERVICE, "bad", &value, note), -L4_EINVAL); /* deferred, then failed */
    CHECK_EQ(sample_nothing(SERVICE), 0);
}

/* --- other messages --- */

TEST(foreign_messages)
{
    l4_msgtag_t tag;

    sample_start();
    CLIENT->utcb.mr[0] = 0x123456;
    CLIENT->utcb.mr[1] = 0;
    CLIENT->utcb.bdr = 0;
    CLIENT->utcb.br[0] = L4_RCV_MAP;
    CLIENT->utcb.br[1] = l4_fpage_all().raw;
    CLIENT->utcb.br[2] = 0;
    tag = fake_call(CLIENT, sample_label(), l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), 0);
    CHECK_EQ(CLIENT->utcb.mr[0], 0x123457);
    CHECK_EQ(fake_page_count, 1);
    tag = fake_call(CLIENT, sample_label(), l4_msgtag(L4_PROTO_EXCEPTION, 2, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), -L4_EPERM);
    CHECK_EQ(sample_foreign, 2);

    CHECK_EQ(sample_open(SERVICE, 0, SLOT(0)), 0); /* sessions have no handler */
    tag = fake_call(CLIENT, ipc_object_label(&sample, sample_session),
                    l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0));
    CHECK_EQ(l4_msgtag_label(tag), -L4_EBADPROTO);
}

TEST(interrupts)
{
    struct ipc_object *irq;
    uint64_t label;

    sample_start();
    fake_enter(&fake_server);
    CHECK_EQ(ipc_irq_create(&sample, sample_base_object->kind, NULL, &irq), 0);
    label = ipc_object_label(&sample, irq);
    fake_queue_irq(label);
    fake_run();
    CHECK_EQ(sample_interrupts, 1);
    CHECK_EQ(sample_calls, 0);
    CHECK(!sample_bad);
    ipc_object_destroy(&sample, irq);
    fake_queue_irq(label);
    fake_run();
    CHECK_EQ(sample_interrupts, 1);
    CHECK_EQ(live_objects(), 1);
}

TEST(ticks)
{
    sample_start();
    sample.deadline_us = fake_clock + 700;
    CHECK_EQ(sample_nothing(SERVICE), 0);
    CHECK_EQ(sample_ticks, 3); /* two more were asked for; the clock runs while nobody calls */
    CHECK_EQ(sample.deadline_us, 0);
    sample.deadline_us = 1; /* long past: ticks also between two messages */
    CHECK_EQ(sample_nothing(SERVICE), 0);
    CHECK_EQ(sample_ticks, 4);
}

TEST(a_gate_made_by_somebody_else)
{
    struct fake_object *gate;

    sample_start();
    fake_enter(&fake_server);
    CHECK(ipc_service_adopt(&sample, sample_base_object->kind, NULL, l4_cap(900)) < 0);
    CHECK_EQ(live_objects(), 1);
    gate = fake_make(&fake_server, l4_cap(900), L4_CAP_RWSD);
    CHECK_EQ(ipc_service_adopt(&sample, sample_base_object->kind, NULL, l4_cap(900)), 0);
    fake_give(l4_cap(900), CLIENT, SLOT(0), L4_CAP_RW);
    CHECK_EQ(gate->counted, 2);
    fake_enter(CLIENT);
    CHECK_EQ(sample_nothing(SLOT(0)), 0);
    fake_drop(CLIENT, SLOT(0));
    fake_run();
    CHECK_EQ(live_objects(), 2);
    CHECK_EQ(sample_gone, 0);
}

TEST(tables_are_checked)
{
    struct ipc_server bad;

    sample_start();
    bad = sample;
    bad.id = 16;
    CHECK_EQ(ipc_server_init(&bad), -L4_EINVAL);
    bad = sample;
    bad.object_count = 65537;
    CHECK_EQ(ipc_server_init(&bad), -L4_EINVAL);
    bad = sample;
    bad.reply_count = 0;
    CHECK_EQ(ipc_server_init(&bad), -L4_EINVAL);
    fake_enter(&fake_server);
    CHECK_EQ(ipc_server_init(&sample), -L4_EBUSY); /* the thread has a deletion interrupt */
}

UNIT_MAIN(T(an_object_lives_as_long_as_its_clients), T(slots_and_entries_come_back),
          T(no_entry_left), T(old_labels_name_nothing), T(an_object_whose_reply_is_lost_is_undone),
          T(a_request_that_nobody_waits_for), T(an_object_of_a_failed_operation_is_undone),
          T(only_the_first_lost_reply_undoes),
          T(a_lost_copy_of_what_a_client_holds_undoes_nothing), T(received_capabilities_are_released),
          T(cut_messages_leave_nothing), T(capabilities_can_be_kept),
          T(weak_capabilities_do_not_hold), T(answers_come_later_and_out_of_order),
          T(a_caller_is_answered_once), T(deferring_is_bounded), T(later_errors), T(foreign_messages), T(interrupts), T(ticks),
          T(a_gate_made_by_somebody_else),
          T(tables_are_checked))
