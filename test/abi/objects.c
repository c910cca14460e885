/* SPDX-License-Identifier: BSD-2-Clause */
/* Life and death of objects and capabilities (ABI 2.5, 7.2, 7.4). */
#include "abi.h"

static l4_cap_t new_semaphore(void)
{
    l4_cap_t cap = cap_new();
    return l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, cap) ? 0 : cap;
}

static l4_cap_t copy(l4_cap_t cap, unsigned rights)
{
    l4_cap_t target = cap_new();
    return l4_task_map_cap(L4_BASE_TASK_CAP, cap, target, rights) ? 0 : target;
}

static void test_valid_equal(void)
{
    l4_cap_t a = new_semaphore(), b = copy(a, L4_CAP_RWSD), c = copy(a, L4_CAP_RW);
    l4_cap_t other = new_semaphore();
    CHECK(l4_cap_valid(a));
    CHECK(!l4_cap_valid(cap_new()));
    CHECK(!l4_cap_valid(L4_INVALID_CAP));
    CHECK(l4_cap_equal(a, b));
    CHECK(!l4_cap_equal(a, c));
    CHECK(!l4_cap_equal(a, other));
    CHECK(!l4_cap_equal(a, cap_new()));
}

static void test_delete_needs_d(void)
{
    l4_cap_t a = new_semaphore(), b = copy(a, L4_CAP_RWS);
    CHECK_EQ(l4_cap_delete(b), 0); /* without D: only this slot */
    CHECK(!l4_cap_valid(b));
    CHECK(l4_cap_valid(a));
    b = copy(a, L4_CAP_RWS);
    CHECK_EQ(l4_cap_delete(a), 0);
    CHECK(!l4_cap_valid(b));
}

static void test_release_keeps_others(void)
{
    l4_cap_t a = new_semaphore(), b = copy(a, L4_CAP_RWS);
    CHECK_EQ(l4_cap_release(a), 0);
    CHECK(!l4_cap_valid(a));
    l4_semaphore_up(b);
    CHECK_EQ(l4_semaphore_down(b, L4_TIMEOUT_ZERO), 0);
    /* Objects are copies: an unmap without "also here" does nothing. */
    CHECK_EQ(l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_obj(b, 0, 0xf), L4_UNMAP_CHILDREN), 0);
    CHECK(l4_cap_valid(b));
}

static void test_take_away_rights(void)
{
    l4_cap_t a = new_semaphore();
    CHECK_EQ(l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage_obj(a, 0, L4_CAP_S), L4_UNMAP_ALL_SPACES), 0);
    CHECK(l4_cap_valid(a));
    CHECK_EQ(l4_semaphore_down(a, L4_TIMEOUT_ZERO), -L4_EPERM);
}

static void test_weak_copies(void)
{
    l4_cap_t a = new_semaphore(), weak = cap_new();
    CHECK_EQ(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_fpage_obj(a, 0, L4_CAP_RWS),
                         weak | L4_ITEM_WEAK), 0);
    CHECK(l4_cap_valid(weak));
    CHECK_EQ(l4_cap_release(a), 0); /* the last that counts */
    CHECK(!l4_cap_valid(weak));
}

static void test_overwriting_deletes(void)
{
    l4_cap_t a = new_semaphore(), b = copy(a, L4_CAP_RWS), other = new_semaphore();
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, other, a, L4_CAP_RWS), 0);
    CHECK(!l4_cap_valid(b)); /* a had D: the object died for everybody */
    CHECK(l4_cap_equal(a, other));
    /* The same object again into a slot with D: it dies and nothing is mapped. */
    b = copy(other, L4_CAP_RWS);
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, b, other, L4_CAP_RWS), 0);
    CHECK(!l4_cap_valid(other));
    CHECK(!l4_cap_valid(b));
    /* Without D only the slot changes. */
    a = new_semaphore();
    b = copy(a, L4_CAP_RWS);
    other = new_semaphore();
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, other, b, L4_CAP_RWS), 0);
    CHECK(l4_cap_valid(a));
    CHECK(l4_cap_equal(b, other));
}

static void test_create_into_occupied(void)
{
    l4_cap_t a = new_semaphore(), b = copy(a, L4_CAP_RWS);
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, a), 0);
    CHECK(!l4_cap_valid(b));
    CHECK_EQ(l4_irq_detach(a), -L4_ENOENT); /* it is an IRQ now */
}

static void test_grant(void)
{
    l4_cap_t a = new_semaphore(), b = cap_new();
    CHECK_EQ(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_fpage_obj(a, 0, L4_CAP_RWSD),
                         b | L4_ITEM_GRANT), 0);
    CHECK(!l4_cap_valid(a));
    CHECK(l4_cap_valid(b));
}

/* A dying task deletes what it holds with D, and nothing else. */
static void test_task_death(void)
{
    struct abi_task child;
    l4_cap_t with_d = new_semaphore(), without = new_semaphore();
    CHECK(task_new(&child));
    CHECK_EQ(l4_task_map_cap(child.cap, with_d, TASK_SLOT, L4_CAP_RWSD), 0);
    CHECK_EQ(l4_task_map_cap(child.cap, without, TASK_SLOT + L4_CAP_OFFSET, L4_CAP_RWS), 0);
    CHECK_EQ(l4_cap_delete(child.cap), 0);
    CHECK(!l4_cap_valid(with_d));
    CHECK(l4_cap_valid(without));
}

/* Task in task in task: the death of the first takes all, without recursion. */
static void test_task_chain(void)
{
    enum { LENGTH = 40 };
    l4_cap_t task[LENGTH];
    for (unsigned i = 0; i < LENGTH; i++) {
        task[i] = cap_new();
        CHECK_EQ(l4_factory_create_task(L4_BASE_FACTORY_CAP, task[i], (l4_fpage_t){0}), 0);
        if (i > 0)
            CHECK_EQ(l4_task_map_cap(task[i - 1], task[i], TASK_SLOT, L4_CAP_RWSD), 0);
    }
    CHECK_EQ(l4_cap_delete(task[0]), 0);
    for (unsigned i = 0; i < LENGTH; i++)
        CHECK(!l4_cap_valid(task[i]));
}

static void wait_one(struct worker *w)
{
    l4_ipc_wait(L4_INVALID_CAP, NULL, L4_NEVER);
    w->result = 1;
}

/* The server pattern: own reference does not count, clients come and go, the deletion IRQ fires. */
static void test_deletion_irq(void)
{
    l4_cap_t gate = cap_new(), irq = cap_new(), client;
    uint64_t label = 0;
    CHECK_EQ(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq), 0);
    CHECK_EQ(l4_irq_bind(irq, L4_BASE_THREAD_CAP, 0xdead), 0);
    CHECK_EQ(l4_thread_register_del_irq(L4_BASE_THREAD_CAP, irq), 0);
    CHECK_EQ(l4_thread_register_del_irq(L4_BASE_THREAD_CAP, irq), -L4_EBUSY);
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0x10), 0);
    CHECK_EQ(l4_gate_dec_refcnt(gate, 1), 0);
    CHECK_EQ(l4_utcb()->mr[0], 0);
    CHECK_EQ(l4_gate_dec_refcnt(gate, 1), -L4_EINVAL);
    client = copy(gate, L4_CAP_RW);
    l4_cap_t second = copy(client, L4_CAP_RW);
    CHECK_EQ(l4_cap_release(client), 0);
    CHECK(l4_cap_valid(gate));
    CHECK(l4_msgtag_has_error(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO)));
    CHECK_EQ(l4_cap_release(second), 0);
    CHECK(!l4_cap_valid(gate));
    CHECK_EQ(l4_ipc_wait(L4_INVALID_CAP, &label, L4_RECV_ZERO).raw, 0);
    CHECK_EQ(label, 0xdead);
}

static void test_gate_control(void)
{
    struct l4_utcb *u = l4_utcb();
    l4_cap_t gate = cap_new(), plain, full = cap_new();
    static struct worker w;
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, 0, 0), 0);
    CHECK(worker_start(&w, &own_task, wait_one, MAIN_PRIORITY + 1));
    CHECK_EQ(l4_gate_bind(gate, w.cap, 0x123), -L4_EINVAL);
    CHECK_EQ(l4_gate_bind(gate, L4_BASE_LOG_CAP, 0x120), -L4_EINVAL);
    CHECK_EQ(l4_gate_bind(gate, w.cap, 0x120), 0);
    u->mr[0] = L4_GATE_INFO;
    CHECK_EQ(l4_result(l4_ipc_call(gate, l4_msgtag(L4_PROTO_KOBJECT, 1, 0, 0), L4_NEVER)), 0);
    CHECK_EQ(u->mr[0], 0x120);
    CHECK_EQ(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_fpage_obj(gate, 0, L4_CAP_RWS),
                         full | L4_ITEM_SERVER), 0);
    CHECK_EQ(l4_gate_bind(full, w.cap, 0x140), 0);
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, cap_new(), w.cap, 1), -L4_EINVAL);
    /* A copy without the server right is for sending only. */
    plain = copy(gate, L4_CAP_RWS);
    u->mr[0] = L4_GATE_INFO;
    CHECK(!l4_msgtag_has_error(
        l4_ipc_send(plain, l4_msgtag(L4_PROTO_KOBJECT, 1, 0, 0), L4_BOTH_ZERO)));
    CHECK_EQ(w.result, 1);
}

static void test_bind_needs_s(void)
{
    static struct worker w;
    l4_cap_t gate = cap_new();
    CHECK(worker_start(&w, &own_task, wait_one, MAIN_PRIORITY + 1));
    l4_cap_t weak = copy(w.cap, L4_CAP_RW);
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, weak, 0), -L4_EPERM);
    CHECK_EQ(l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, 0, 0), 0);
    CHECK_EQ(l4_gate_bind(gate, weak, 0), -L4_EPERM);
    struct l4_thread_control nothing = {0};
    CHECK_EQ(l4_thread_control(weak, &nothing), -L4_EPERM);
    CHECK_EQ(l4_thread_control(w.cap, &nothing), 0);
    CHECK_EQ(l4_utcb()->mr[1], TASK_PAGER);
}

static void test_bind_twice(void)
{
    l4_cap_t thread = cap_new();
    struct l4_thread_control c = {0, 0, L4_BASE_TASK_CAP, 0x7fff100000ull + 60 * L4_UTCB_SIZE};
    CHECK_EQ(l4_factory_create_thread(L4_BASE_FACTORY_CAP, thread), 0);
    struct l4_thread_control nowhere = {0, 0, L4_BASE_TASK_CAP, 0x123000};
    CHECK_EQ(l4_thread_control(thread, &nowhere), -L4_EINVAL);
    CHECK_EQ(l4_thread_control(thread, &c), 0);
    CHECK_EQ(((struct l4_utcb *)c.utcb)->self, c.utcb);
    CHECK_EQ(l4_thread_control(thread, &c), -L4_EINVAL);
    struct l4_thread_control nothing = {0};
    CHECK_EQ(l4_thread_control(thread, &nothing), 0);
    CHECK_EQ(l4_utcb()->mr[1], 0xfffffffffffff000ull);
}

static void test_bad_arguments(void)
{
    struct l4_utcb *u = l4_utcb();
    u->mr[0] = L4_SCHED_RUN_THREAD;
    u->mr[1] = 0xff000000;
    u->mr[2] = 1;
    u->mr[3] = 10;
    u->mr[4] = 0;
    l4_put_item(5, 0, l4_fpage_mem(0x1000, 12, 7)); /* not an object */
    l4_msgtag_t tag = l4_ipc_call(L4_BASE_SCHEDULER_CAP, l4_msgtag(L4_PROTO_SCHEDULER, 5, 1, 0),
                                  L4_NEVER);
    CHECK_EQ(tag.raw, L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_SEMSGCUT);
    CHECK_EQ(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_BASE_LOG_CAP, 10), -L4_EINVAL);
    CHECK_EQ(l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, 0), -L4_EINVAL);
    u->bdr = 0;
    u->br[0] = 0;
    u->mr[0] = (uint64_t)L4_PROTO_THREAD;
    tag = l4_ipc_call(L4_BASE_FACTORY_CAP, l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0), L4_NEVER);
    CHECK_EQ(tag.raw, L4_MSGTAG_ERROR);
    CHECK_EQ(l4_ipc_code(), L4_IPC_REMSGCUT);
}

const struct test object_tests[] = {
    {"object-valid-equal", test_valid_equal},
    {"object-delete-needs-d", test_delete_needs_d},
    {"object-release-keeps-others", test_release_keeps_others},
    {"object-take-away-rights", test_take_away_rights},
    {"object-weak-copies", test_weak_copies},
    {"object-overwriting-deletes", test_overwriting_deletes},
    {"object-create-into-occupied", test_create_into_occupied},
    {"object-grant", test_grant},
    {"object-task-death", test_task_death},
    {"object-task-chain", test_task_chain},
    {"object-deletion-irq", test_deletion_irq},
    {"object-gate-control", test_gate_control},
    {"object-bind-needs-s", test_bind_needs_s},
    {"object-bind-twice", test_bind_twice},
    {"object-bad-arguments", test_bad_arguments},
    {NULL, NULL},
};
