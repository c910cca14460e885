/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls: such that mean something with random arguments, and any. */
#include "kfuzz.h"

#define THREAD_SLOTS S_THREAD, S_THREAD + PER_TASK - 1
#define OTHER_THREAD_SLOTS S_OTHER_THREAD, S_OTHER_THREAD + PER_TASK - 1

/**
 * A request: to one of the slots @first to @last, MR[0] is @op, the other words are of the kinds
 * in @words (values.c), behind them @items items with a capability of the slots @item or near.
 */
static const struct shape {
    unsigned first, last;
    long protocol;
    uint64_t op;
    const char *words;
    unsigned items, item;
} shapes[] = {
    {S_TASK, S_TASK, L4_PROTO_TASK, L4_TASK_MAP, "if", 1, S_OTHER_TASK},
    {S_OTHER_TASK, S_OTHER_TASK, L4_PROTO_TASK, L4_TASK_MAP, "if", 1, S_TASK},
    {S_OTHER_TASK, S_OTHER_TASK, L4_PROTO_TASK, L4_TASK_MAP, "io", 1, S_TASK},
    {S_SPARE_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_MAP, "im", 1, S_TASK},
    {S_SPARE_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_MAP, "io", 1, S_TASK},
    {S_SPARE_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_MAP, "ip", 1, S_TASK},
    {S_SPARE_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_MAP, "im", 1, S_SPARE_TASK},
    {S_TASK, S_TASK, L4_PROTO_TASK, L4_TASK_UNMAP, "Mff", 0, 0},
    {S_TASK, S_TASK, L4_PROTO_TASK, L4_TASK_UNMAP, "Mo", 0, 0},
    {S_OTHER_TASK, S_OTHER_TASK, L4_PROTO_TASK, L4_TASK_UNMAP, "Mmop", 0, 0},
    {S_SPARE_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_UNMAP, "Mff", 0, 0},
    {S_SPARE_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_ADD_KU_MEM, "kk", 0, 0},
    {S_TASK, S_TASK, L4_PROTO_TASK, L4_TASK_ADD_KU_MEM, "k", 0, 0},
    {S_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_CAP_INFO, "ss", 0, 0},
    {S_TASK, S_TASK, L4_PROTO_TASK, L4_TASK_CAP_INFO, "s", 0, 0},
    {S_TASK, S_SPARE_TASK, L4_PROTO_TASK, L4_TASK_LDT, "nDD", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, 0, "wl", 1, S_THREAD},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, 0, "wl", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_TASK, "wk", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_TASK, "w0", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_THREAD, "", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_FACTORY, "wL", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_IRQ_SENDER, "", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_SEMAPHORE, "", 0, 0},
    {S_SUB_FACTORY, S_SUB_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_TASK, "wk", 0, 0},
    {S_SUB_FACTORY, S_SUB_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_THREAD, "", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_EX_REGS, "ct", 0, 0},
    {OTHER_THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_EX_REGS | L4_EX_REGS_CANCEL, "ct", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_EX_REGS | L4_EX_REGS_TRIGGER, "ct", 0, 0},
    {OTHER_THREAD_SLOTS, L4_PROTO_THREAD,
     L4_THREAD_EX_REGS | L4_EX_REGS_TRIGGER | L4_EX_REGS_CANCEL, "ct", 0, 0},
    {S_SPARE_THREAD, S_SPARE_THREAD, L4_PROTO_THREAD, L4_THREAD_EX_REGS, "ct", 0, 0},
    {S_SPARE_THREAD, S_SPARE_THREAD, L4_PROTO_THREAD,
     L4_THREAD_CONTROL | L4_THREAD_BIND_TASK | L4_THREAD_SET_PAGER | L4_THREAD_SET_EXC_HANDLER,
     "ss0wu", 1, S_SPARE_TASK},
    {S_SPARE_THREAD, S_SPARE_THREAD, L4_PROTO_THREAD, L4_THREAD_CONTROL | L4_THREAD_BIND_TASK,
     "000wk", 1, S_SPARE_TASK},
    {OTHER_THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_CONTROL | L4_THREAD_ALIEN, "000w0", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_CONTROL, "ss0wu", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_SWITCH, "", 0, 0},
    {OTHER_THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_SWITCH, "", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_STATS, "", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_VCPU_CONTROL, "v", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_VCPU_RESUME, "", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_VCPU_RESUME, "", 2, S_FREE},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_REGISTER_DEL_IRQ, "", 1, S_IRQ},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_MODIFY_SENDERS, "wlwlwlwl", 0, 0},
    {OTHER_THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_MODIFY_SENDERS, "000l", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_DOORBELL, "", 1, S_IRQ},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_PF_TRAMPOLINE, "v", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_PF_TRAMPOLINE | 0x20000, "v", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_PF_TRAMPOLINE | 0x40000, "v", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_GDT, "", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_GDT, "nDDD", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_SEG_BASE, "a", 0, 0},
    {OTHER_THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_SEG_BASE | 0x10000, "a", 0, 0},
    {THREAD_SLOTS, L4_PROTO_THREAD, L4_THREAD_SEG_INFO, "", 0, 0},
    {S_GATE, S_LOOSE_GATE, L4_PROTO_KOBJECT, L4_GATE_BIND, "l", 1, S_THREAD},
    {S_GATE, S_LOOSE_GATE, L4_PROTO_KOBJECT, L4_GATE_BIND, "l", 1, S_OTHER_THREAD},
    {S_GATE, S_LOOSE_GATE, L4_PROTO_KOBJECT, L4_GATE_INFO, "", 0, 0},
    {S_FREE, S_FREE + 7, L4_PROTO_KOBJECT, L4_GATE_DEC_REFCNT, "n", 0, 0},
    {S_IRQ, S_IRQ2, L4_PROTO_KOBJECT, L4_IRQ_BIND, "w", 1, S_THREAD},
    {S_IRQ, S_IRQ2, L4_PROTO_IRQ_SENDER, L4_IRQ_SENDER_DETACH, "", 0, 0},
    {S_IRQ, S_SEMAPHORE, L4_PROTO_IRQ, L4_IRQ_TRIGGER, "", 0, 0},
    {S_IRQ, S_SEMAPHORE, L4_PROTO_IRQ, L4_IRQ_TRIGGER, "", 0, 0},
    {S_IRQ, S_IRQ2, L4_PROTO_IRQ, L4_IRQ_UNMASK, "", 0, 0},
    {S_SEMAPHORE, S_SEMAPHORE, L4_PROTO_SEMAPHORE, L4_SEM_DOWN, "", 0, 0},
    {S_SEMAPHORE, S_SEMAPHORE, L4_PROTO_SEMAPHORE, L4_SEM_DOWN, "", 0, 0},
    {S_SEMAPHORE, S_SEMAPHORE, L4_PROTO_SEMAPHORE, L4_SEM_DOWN, "", 0, 0},
    {S_FACTORY, S_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_VCPU_CONTEXT, "", 0, 0},
    {S_SCHEDULER, S_SCHEDULER, L4_PROTO_SCHEDULER, L4_SCHED_RUN_THREAD, "C1PQ", 1, S_THREAD},
    {S_SCHEDULER, S_SCHEDULER, L4_PROTO_SCHEDULER, L4_SCHED_RUN_THREAD, "C1PQ", 1, S_SPARE_THREAD},
    {S_SCHEDULER, S_SCHEDULER, L4_PROTO_SCHEDULER, L4_SCHED_RUN_THREAD, "C1wnQP", 1,
     S_OTHER_THREAD},
    {S_SCHEDULER, S_SCHEDULER, L4_PROTO_SCHEDULER, L4_SCHED_INFO, "n", 0, 0},
    {S_SCHEDULER, S_SCHEDULER, L4_PROTO_SCHEDULER, L4_SCHED_IDLE_TIME, "C1", 0, 0},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_BIND, "n", 1, S_IRQ},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_BIND, "n", 1, S_SEMAPHORE},
    {S_ICU, S_ICU, L4_PROTO_IRQ, L4_ICU_BIND, "8", 1, S_IRQ2},
    {S_ICU, S_ICU, L4_PROTO_IRQ, L4_ICU_UNMASK, "8", 0, 0},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_UNBIND, "n", 1, S_IRQ},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_INFO, "", 0, 0},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_MSI_INFO, "nn", 0, 0},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_MASK, "n", 0, 0},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_UNMASK, "n", 0, 0},
    {S_LOG, S_ICU, L4_PROTO_IRQ, L4_ICU_SET_MODE, "nn", 0, 0},
    {S_LOG, S_LOG, L4_PROTO_LOG, L4_LOG_READ | 0x400000, "", 0, 0},
    {S_LOG, S_LOG, L4_PROTO_LOG, L4_LOG_GET_ATTR, "", 0, 0},
    {S_ICU, S_ICU, L4_PROTO_NONE, L4_PLATFORM_CPU_SHUTDOWN, "nn", 0, 0},
    {S_ICU, S_ICU, L4_PROTO_NONE, L4_PLATFORM_SUSPEND, "n", 0, 0},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, L4_DBG_SET_NAME, "ww", 1, S_TASK},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, L4_DBG_GET_NAME, "", 1, S_TASK},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, L4_DBG_GLOBAL_ID, "", 1, S_THREAD},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, L4_DBG_IMAGE_INFO, "ww", 1, S_TASK},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x110, "vww", 1, S_TASK},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x102, "w", 1, S_TASK},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x105, "n", 1, S_TASK},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x201, "nwww", 0, 0},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x204, "wwwnww", 0, 0},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x211, "k", 0, 0},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x210, "k", 0, 0},
    {S_DEBUGGER, S_DEBUGGER, L4_PROTO_DEBUGGER, 0x701, "", 0, 0},
    /* what the sealed ones must refuse */
    {S_SEALED_FACTORY, S_SEALED_FACTORY, L4_PROTO_FACTORY, (uint64_t)L4_PROTO_SEMAPHORE, "", 0, 0},
    {S_SEALED_TASK, S_SEALED_TASK, L4_PROTO_TASK, L4_TASK_MAP, "io", 1, S_TASK},
    {S_SEALED_THREAD, S_SEALED_THREAD, L4_PROTO_THREAD,
     L4_THREAD_CONTROL | L4_THREAD_SET_PAGER | L4_THREAD_SET_EXC_HANDLER, "ss000", 0, 0},
    {S_SEALED_SEMAPHORE, S_SEALED_SEMAPHORE, L4_PROTO_SEMAPHORE, L4_SEM_DOWN, "", 0, 0},
    {S_SEALED_IRQ, S_SEALED_IRQ, L4_PROTO_KOBJECT, L4_IRQ_BIND, "w", 1, S_THREAD},
    {S_SEALED_IRQ, S_SEALED_IRQ, L4_PROTO_IRQ_SENDER, L4_IRQ_SENDER_DETACH, "", 0, 0},
    {S_SEALED_GATE, S_SEALED_GATE, L4_PROTO_NONE, 0, "www", 0, 0},
    {S_SEALED_GATE, S_SEALED_GATE, L4_PROTO_NONE, 0, "", 0, 0},
    {S_HERMIT_GATE, S_HERMIT_GATE, L4_PROTO_NONE, 0, "w", 0, 0},
    {S_FREE, S_END - 1, L4_PROTO_SEMAPHORE, L4_SEM_DOWN, "", 0, 0},
    {S_SEALED_GATE, S_SEALED_GATE, L4_PROTO_KOBJECT, L4_GATE_BIND, "l", 1, S_THREAD},
};

enum { SHAPES = sizeof shapes / sizeof shapes[0], HIGHEST = 240 };

/* As urgent as the referee, and with time for ever: nobody would stop it. */
static void avoid_priority(l4_msgtag_t tag)
{
    uint64_t *mr = l4_utcb()->mr;
    unsigned at = l4_msgtag_words(tag) >= 7 && mr[3] == ~0ull ? 6 : 3;
    if (l4_msgtag_label(tag) == L4_PROTO_SCHEDULER && (int64_t)mr[at] > HIGHEST)
        mr[at] = HIGHEST;
}

/* A reboot would end the run, and the debugger may wait for keys. */
static void avoid_the_end(l4_msgtag_t *tag)
{
    struct l4_utcb *u = l4_utcb();
    if (l4_msgtag_label(*tag) == L4_PROTO_DEBUGGER && l4_msgtag_words(*tag) == 0)
        tag->raw |= 1;
    if (l4_msgtag_label(*tag) == L4_PROTO_DEBUGGER && (u->mr[0] & 0xffff) == L4_DBG_ENTER)
        u->mr[0] = L4_DBG_GLOBAL_ID;
    if (l4_msgtag_label(*tag) == L4_PROTO_NONE && l4_msgtag_words(*tag) == 2
        && u->mr[0] == L4_PLATFORM_SHUTDOWN)
        u->mr[1] = 0;
}

static void look_for_leak(uint64_t label)
{
    const struct l4_utcb *u = l4_utcb();
    for (unsigned i = 0; i < 4; i++)
        if (value_is_kernel_address(u->mr[i]))
            progress.leak = u->mr[i];
    if (value_is_kernel_address(label))
        progress.leak = label;
}

l4_msgtag_t call_record(struct fuzzer *f, uint64_t selector, l4_msgtag_t tag, uint32_t timeouts)
{
    struct l4_utcb *u = l4_utcb();
    struct record *r = &f->ring[f->made++ % RING];
    uint64_t label = value(&f->dice, 'w');
    avoid_the_end(&tag);
    avoid_priority(tag);
    *r = (struct record){selector, tag.raw, timeouts, label, u->bdr, {0}, {0}};
    for (unsigned i = 0; i < RECORD_MRS; i++)
        r->mr[i] = u->mr[i];
    for (unsigned i = 0; i < 4; i++)
        r->br[i] = u->br[i];
    tag = l4_invoke(selector, tag, &label, (l4_timeouts_t){timeouts});
    look_for_leak(label);
    return tag;
}

/* Somewhere to receive what comes. */
static void receive_somewhere(struct dice *d)
{
    struct l4_utcb *u = l4_utcb();
    u->bdr = dice_rarely(d, 4) ? dice_word(d) & 0x1007fff : 0;
    if (dice_rarely(d, 3)) {
        for (unsigned i = 0; i < 8; i++)
            u->br[i] = dice_rarely(d, 2) ? (value_cap(d) & ~0xfffull) | 0x8 | dice_below(d, 8)
                                         : value(d, 'f');
        return;
    }
    u->br[0] = l4_cap(S_FREE + dice_below(d, S_END - S_FREE)) | L4_RCV_MAP | L4_RCV_SMALL
               | (dice_rarely(d, 3) ? L4_RCV_LOCAL_ID : 0);
    u->br[1] = L4_RCV_MAP;
    u->br[2] = dice_rarely(d, 3) ? l4_fpage_all().raw : value(d, 'm') & ~0x30ull;
    u->br[3] = 0;
    if (dice_rarely(d, 3))
        u->bdr = l4_bdr(1, 1, 0);
}

static unsigned put_items(struct dice *d, unsigned at, unsigned items, unsigned slot)
{
    unsigned last = slot == S_THREAD || slot == S_OTHER_THREAD ? slot + PER_TASK - 1 : slot;
    for (unsigned i = 0; i < items && at + 2 * i + 2 <= L4_UTCB_MR; i++) {
        bool near = !dice_rarely(d, 6);
        uint64_t cap = near ? l4_cap(slot + dice_below(d, last - slot + 1)) : value_cap(d);
        l4_put_item(at + 2 * i, 0, l4_fpage_obj(cap, 0, near ? L4_CAP_RWSD : L4_CAP_RW));
        if (!near)
            l4_utcb()->mr[at + 2 * i] = value(d, 'i');
    }
    return items;
}

void call_shaped(struct fuzzer *f)
{
    struct dice *d = &f->dice;
    const struct shape *s = &shapes[dice_below(d, SHAPES)];
    struct l4_utcb *u = l4_utcb();
    unsigned words = 1, items;
    u->mr[0] = s->op;
    for (const char *kind = s->words; *kind; kind++)
        u->mr[words++] = *kind == '1' || *kind == '8' ? (uint64_t)(*kind - '0') : value(d, *kind);
    items = put_items(d, words, s->items, s->item);
    receive_somewhere(d);
    uint64_t to = l4_cap(s->first + dice_below(d, s->last - s->first + 1)), flags = L4_SYSF_CALL;
    uint32_t timeouts = s->protocol == L4_PROTO_SEMAPHORE ? 0x0fff
                        : s->first == S_HERMIT_GATE ? 0x04000000 : value_timeouts(d);
    if (dice_rarely(d, 8))
        to = value_cap(d);
    if (dice_rarely(d, 12))
        words = (unsigned)dice_below(d, words + 2);
    if (dice_rarely(d, 20))
        items = (unsigned)dice_below(d, items + 2);
    if (dice_rarely(d, 10))
        flags = dice_below(d, 16);
    if (dice_rarely(d, 12))
        u->mr[0] ^= 1ull << dice_below(d, 32);
    unsigned more = dice_rarely(d, 20) ? 0x1000u << dice_below(d, 4) : 0;
    call_record(f, to | flags, l4_msgtag(s->protocol, words, items, more), timeouts);
}

static l4_msgtag_t any_tag(struct dice *d)
{
    unsigned words = (unsigned)(dice_below(d, 6) ? dice_below(d, 8) : dice_below(d, 64));
    unsigned items = (unsigned)(dice_below(d, 3) ? dice_below(d, 3) : dice_below(d, 64));
    long label = dice_rarely(d, 8) ? (long)dice_word(d) >> 16 : 1 - (long)dice_below(d, 28);
    return l4_msgtag(label, words, items, dice_below(d, 8) ? 0 : dice_below(d, 16) << 12);
}

void call_random(struct fuzzer *f)
{
    struct dice *d = &f->dice;
    struct l4_utcb *u = l4_utcb();
    l4_msgtag_t tag = any_tag(d);
    unsigned words = l4_msgtag_words(tag);
    for (unsigned i = 0; i < 12; i++)
        u->mr[i] = value(d, 'w');
    for (unsigned i = 0; i < 3 && words + 2 * i + 2 <= L4_UTCB_MR; i++) {
        u->mr[words + 2 * i] = value(d, 'i');
        u->mr[words + 2 * i + 1] = value(d, 'f');
    }
    receive_somewhere(d);
    if (dice_rarely(d, 6))
        u->br[dice_below(d, L4_UTCB_BR)] = value(d, 'w');
    call_record(f, value_cap(d) | dice_below(d, 16), tag, value_timeouts(d));
}

/* Each time the whole area is mapped behind itself; so unmapping it has to pause. */
void call_grow(struct fuzzer *f)
{
    struct dice *d = &f->dice;
    struct l4_utcb *u = l4_utcb();
    l4_cap_t to = l4_cap(dice_rarely(d, 3) ? S_TASK : S_SPARE_TASK), from = l4_cap(S_TASK);
    bool memory = dice_rarely(d, 2);
    uint64_t area = memory ? 0x1000000000 + dice_below(d, 4) * 0x40000000 : l4_cap(0x1000);
    unsigned order = memory ? TEST_MEMORY_ORDER : 4, doublings = (unsigned)dice_below(d, 8);
    l4_fpage_t fpage = memory ? l4_fpage_mem(CHILD_MEMORY, order, L4_FPAGE_RWX)
                              : l4_fpage_obj(l4_cap(S_IRQ), order, L4_CAP_RWS);
    for (unsigned i = 0; i <= doublings; i++) {
        u->mr[0] = L4_TASK_MAP;
        u->mr[1] = area | L4_ITEM_MAP;
        if (i > 0)
            u->mr[1] += memory ? 1ull << order : l4_cap(1ull << order);
        u->mr[2] = fpage.raw;
        l4_put_item(3, 0, l4_fpage_obj(from, 0, L4_CAP_RWS));
        call_record(f, to | L4_SYSF_CALL, l4_msgtag(L4_PROTO_TASK, 3, 1, 0), 0);
        order += i > 0;
        fpage = memory ? l4_fpage_mem(area, order, L4_FPAGE_RWX)
                       : l4_fpage_obj(area, order, L4_CAP_RWS);
        from = to;
    }
    u->mr[0] = L4_TASK_UNMAP;
    u->mr[1] = value(d, 'M');
    u->mr[2] = dice_rarely(d, 3) ? fpage.raw
                                 : l4_fpage_mem(CHILD_MEMORY, TEST_MEMORY_ORDER, 7).raw;
    call_record(f, (dice_rarely(d, 2) ? to : l4_cap(S_TASK)) | L4_SYSF_CALL,
                l4_msgtag(L4_PROTO_TASK, 3, 0, 0), 0);
}

/* Who could answer, or wait for this. */
static uint64_t partner(struct dice *d)
{
    switch (dice_below(d, 4)) {
    case 0:
        return l4_cap(S_GATE + dice_below(d, 3));
    case 1:
        return l4_cap(S_THREAD + dice_below(d, PER_TASK));
    default:
        return l4_cap(S_OTHER_THREAD + dice_below(d, PER_TASK));
    }
}

void call_ipc(struct fuzzer *f)
{
    static const uint64_t flags[] = {1, 2, 3, 3, 3, 6, 6, 6, 7, 9, 0xb, 0xf, 0xf};
    struct dice *d = &f->dice;
    struct l4_utcb *u = l4_utcb();
    uint64_t how = flags[dice_below(d, sizeof flags / sizeof flags[0])], to = partner(d);
    unsigned words = (unsigned)dice_below(d, 4), items = (unsigned)dice_below(d, 3);
    for (unsigned i = 0; i < words; i++)
        u->mr[i] = value(d, 'w');
    for (unsigned i = 0; i < items; i++) {
        u->mr[words + 2 * i] = value(d, 'i');
        u->mr[words + 2 * i + 1] = value(d, dice_rarely(d, 2) ? 'o' : 'f');
        if (dice_rarely(d, 4))
            l4_put_item(words + 2 * i, 0, l4_fpage_obj(l4_cap(S_GATE + dice_below(d, 3)), 0,
                                                       (unsigned)dice_below(d, 16)));
    }
    receive_somewhere(d);
    if (how == L4_SYSF_WAIT || how == L4_SYSF_REPLY_AND_WAIT || how & L4_SYSF_REPLY)
        to = dice_rarely(d, 3) ? l4_reply_cap(dice_below(d, 3) * 0x1ffff) : L4_INVALID_CAP;
    if (how == L4_SYSF_RECV && dice_rarely(d, 3))
        to = l4_cap(S_IRQ);
    unsigned more = dice_rarely(d, 6) ? 0x1000u << dice_below(d, 3) : 0;
    call_record(f, to | how, l4_msgtag(dice_below(d, 3) - 1L, words, items, more),
                value_timeouts(d));
}
