/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sealed objects: the children hold them, but without the rights to change them. If one has changed
 * when the round is over, a check is missing in the kernel.
 */
#include "kfuzz.h"

enum { CANARY = 0x5a, SECRET_ORDER = 14, PAGER = 0x123000 };

#define LABEL 0x5ea10ull

static volatile uint64_t wrong_label; /* that came through the sealed gate; 0: none */
static l4_cap_t gift; /* a semaphore that comes back through it, so without S */
static uint8_t *canary, *secret;

/* Answers whoever calls through the sealed gate. */
static void keep(struct worker *w)
{
    uint64_t label = LABEL;
    (void)w;
    l4_utcb()->bdr = 0;
    l4_utcb()->br[0] = 0;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER);
    for (;;) {
        if (label != LABEL)
            wrong_label = label;
        l4_put_item(2, 0, l4_fpage_obj(gift, 0, L4_CAP_RWS));
        tag = l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(0, 2, 1, 0), &label, L4_SEND_ZERO);
        while (l4_msgtag_has_error(tag) && l4_ipc_code() != L4_IPC_REMSGCUT)
            tag = l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER);
    }
}

static volatile bool hermit_met;

/* Waits for the keeper, which never comes: whoever else gets through, must not. */
static void stay_alone(struct worker *w)
{
    for (;;)
        if (!l4_msgtag_has_error(l4_ipc_receive((l4_cap_t)w->argument, L4_NEVER)))
            hermit_met = true;
}

static bool make_hermit(l4_cap_t factory, l4_cap_t keeper, l4_cap_t gate)
{
    static struct worker hermit;
    hermit_met = false;
    hermit.argument = (void *)keeper;
    return worker_start(&hermit, &own_task, stay_alone, 61)
           && !l4_factory_create_gate(factory, gate, hermit.cap, 0x70);
}

static bool make_objects(l4_cap_t factory, l4_cap_t *thing)
{
    static struct worker keeper;
    for (unsigned s = S_SEALED_FACTORY; s <= S_HERMIT_GATE; s++)
        thing[s] = cap_new();
    l4_cap_t semaphore = thing[S_SEALED_SEMAPHORE], irq = thing[S_SEALED_IRQ];
    gift = cap_new();
    struct l4_thread_control control = {.pager = PAGER, .exc_handler = PAGER};
    bool ok = worker_start(&keeper, &own_task, keep, 60)
              && !l4_factory_create_factory(factory, thing[S_SEALED_FACTORY], 20000)
              && !l4_factory_create_task(factory, thing[S_SEALED_TASK], (l4_fpage_t){0})
              && !l4_factory_create_thread(factory, thing[S_SEALED_THREAD])
              && !l4_thread_control(thing[S_SEALED_THREAD], &control)
              && !l4_factory_create_semaphore(factory, semaphore)
              && !l4_factory_create_semaphore(factory, gift)
              && !l4_factory_create_irq(factory, irq)
              && !l4_irq_bind(irq, L4_BASE_THREAD_CAP, LABEL)
              && !l4_factory_create_gate(factory, thing[S_SEALED_GATE], keeper.cap, LABEL)
              && make_hermit(factory, keeper.cap, thing[S_HERMIT_GATE]);
    l4_semaphore_up(semaphore);
    l4_semaphore_up(gift);
    return ok;
}

bool sealed_make(l4_cap_t factory)
{
    if (!canary) {
        canary = (uint8_t *)harness_ram(12);
        secret = (uint8_t *)harness_ram(SECRET_ORDER);
    }
    if (!canary || !secret)
        return false;
    __builtin_memset(canary, CANARY, L4_PAGE_SIZE);
    __builtin_memset(secret, CANARY, 1 << SECRET_ORDER);
    wrong_label = 0;
    world.canary = (uint64_t)canary;
    return make_objects(factory, world.thing);
}

static bool is_untouched(const uint8_t *page, size_t size)
{
    for (size_t i = 0; i < size; i += 8)
        if (*(const uint64_t *)(page + i) != 0x5a5a5a5a5a5a5a5aull)
            return false;
    return true;
}

/* True if nothing is in the low slots of the sealed task. */
static bool task_is_empty(void)
{
    struct l4_utcb *u = l4_utcb();
    for (unsigned i = 0; i < S_END; i++) {
        u->mr[0] = L4_TASK_CAP_INFO;
        u->mr[1] = l4_cap(i);
        if (l4_result(l4_ipc_call(world.thing[S_SEALED_TASK], l4_msgtag(L4_PROTO_TASK, 2, 0, 0),
                                  L4_NEVER)) != 0)
            return false;
    }
    return true;
}

static bool thread_is_as_before(void)
{
    struct l4_thread_control nothing = {0};
    return !l4_thread_control(world.thing[S_SEALED_THREAD], &nothing)
           && l4_utcb()->mr[1] == PAGER && l4_utcb()->mr[2] == PAGER;
}

/* All of its limit can still be had. */
static bool factory_is_unused(void)
{
    l4_cap_t probe = cap_new();
    uint64_t low = 0, high = 20000;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        if (l4_factory_create_factory(world.thing[S_SEALED_FACTORY], probe, middle)) {
            high = middle;
        } else {
            l4_cap_delete(probe);
            low = middle;
        }
    }
    static uint64_t whole; /* as the first round found it */
    whole = whole ? whole : low;
    return low == whole;
}

static bool irq_is_ours(void)
{
    uint64_t label = 0;
    l4_cap_t irq = world.thing[S_SEALED_IRQ];
    l4_irq_trigger(irq);
    l4_msgtag_t tag = l4_invoke(irq | L4_SYSF_RECV, (l4_msgtag_t){0}, &label, L4_RECV_ZERO);
    return tag.raw == 0 && label == LABEL;
}

const char *sealed_check(void)
{
    if (progress.leak)
        return "a kernel address in a register";
    if (world_leak())
        return "a kernel address in a message";
    if (wrong_label)
        return "more rights through the sealed gate";
    if (hermit_met)
        return "a message to who waits for somebody else";
    if (!is_untouched(canary, L4_PAGE_SIZE))
        return "the page to read only is changed";
    if (!is_untouched(secret, 1 << SECRET_ORDER))
        return "a page nobody has is changed";
    if (!factory_is_unused())
        return "the sealed factory is used";
    if (!task_is_empty())
        return "the sealed task holds something";
    if (!thread_is_as_before())
        return "the sealed thread has another pager";
    if (l4_semaphore_down(world.thing[S_SEALED_SEMAPHORE], L4_TIMEOUT_ZERO) != 0)
        return "somebody took the sealed semaphore";
    if (l4_semaphore_down(gift, L4_TIMEOUT_ZERO) != 0)
        return "S came through the sealed gate";
    if (!irq_is_ours())
        return "the sealed IRQ is not ours any more";
    return NULL;
}
