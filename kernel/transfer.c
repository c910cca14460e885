/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>

#include "exception.h"
#include "gate.h"
#include "map_item.h"
#include "string.h"
#include "transfer.h"

/** Items of one message on their way (ABI 5.2 to 5.6). */
struct item_transfer {
    struct thread *from, *to;
    struct work *work;
    unsigned next[4]; /* per flexpage type: BR index of the receive item to use next */
    bool strong;      /* the channel has S */
};

/* Reads the receive item for items of @type. 0 or an error code. */
static unsigned read_window(const struct item_transfer *t, unsigned type, struct window *w)
{
    const uint64_t *br = t->to->utcb->br;
    unsigned at = t->next[type];
    if (type == L4_FPAGE_SPECIAL || at >= L4_UTCB_BR || !(br[at] & L4_RCV_MAP))
        return L4_IPC_SEMSGCUT;
    uint64_t word = br[at];
    bool forward = word & L4_RCV_FORWARD, small = word & L4_RCV_SMALL;
    w->length = 1 + !small + forward;
    if (at + w->length > L4_UTCB_BR)
        return L4_IPC_SEMSGCUT;
    w->fpage = small ? l4_fpage_obj(word, 0, 0) : (l4_fpage_t){br[at + 1]};
    w->local_id = small && !forward && (word & L4_RCV_LOCAL_ID);
    w->task = t->to->task;
    bool all = l4_fpage_type(w->fpage) == L4_FPAGE_SPECIAL
               && l4_fpage_order(w->fpage) == L4_WHOLE_SPACE; /* not nil */
    if (l4_fpage_type(w->fpage) != type && !all)
        return L4_IPC_SEMSGCUT;
    if (forward) {
        struct cap *cap = task_cap(t->to->task, br[at + w->length - 1]);
        if (!cap || cap->object->type != &task_type || !(cap->rights & L4_CAP_W))
            return L4_IPC_SEMAPFAILED;
        w->task = container_of(cap->object, struct task, object);
    }
    return 0;
}

bool object_window(struct thread *t, struct window *window)
{
    unsigned first = t->utcb->bdr >> L4_BDR_OBJ_SHIFT & 0x1f;
    struct item_transfer only = {.to = t, .next = {[L4_FPAGE_OBJ] = first}};
    return read_window(&only, L4_FPAGE_OBJ, window) == 0
           && l4_fpage_type(window->fpage) == L4_FPAGE_OBJ;
}

/*
 * The rule for local-id receive items. Returns the result kind, 0 if there is to be a mapping;
 * then *@word is what the receiver finds instead.
 */
static uint64_t local_id(const struct item_transfer *t, l4_fpage_t sent, uint64_t *word)
{
    if (t->from->task == t->to->task) {
        *word = t->strong ? sent.raw : sent.raw & ~(uint64_t)L4_CAP_S;
        return L4_RESULT_FPAGE;
    }
    struct cap *cap = cap_lookup(&t->from->task->caps, l4_fpage_index(sent));
    struct gate *gate = cap ? gate_of(cap->object) : NULL;
    if (!gate || !gate->thread || gate->thread->task != t->to->task)
        return L4_RESULT_MAPPED;
    unsigned rights = cap->rights & l4_fpage_rights(sent) & (L4_CAP_W | L4_CAP_S);
    *word = gate->label | (t->strong ? rights : rights & L4_CAP_W);
    return L4_RESULT_LABEL;
}

/*
 * Transfers the item in @item[0..1] of the sender; @result is the receiver's place for it, NULL if
 * that is done already.
 */
static unsigned transfer_item(struct item_transfer *t, const uint64_t item[2], uint64_t *result)
{
    l4_fpage_t sent = {item[1]};
    unsigned type = l4_fpage_type(sent);
    uint64_t word0 = item[0], kind = L4_RESULT_MAPPED;
    struct window w;
    if (word0 == 0) {
        if (result)
            result[0] = 0;
        return 0;
    }
    unsigned code = read_window(t, type, &w);
    if (code)
        return code;
    if (!(word0 & L4_ITEM_CONT))
        t->next[type] += w.length;
    if (!result)
        return 0;
    if (w.local_id)
        kind = local_id(t, sent, &result[1]);
    if (kind == L4_RESULT_MAPPED) {
        struct map_item m = {t->from->task, w.task, word0, sent, w.fpage, t->strong, t->work};
        long count = map_item(&m);
        if (count < 0)
            return L4_IPC_SEMAPFAILED;
        kind = count ? L4_RESULT_MAPPED : L4_RESULT_NOTHING;
    }
    result[0] = (word0 & ~0xffeull) | (sent.raw & 0xff0) | kind | L4_ITEM_MAP;
    return 0;
}

/* All items, but for those that were done before the transfer was interrupted. */
static unsigned transfer_all(struct item_transfer *t, unsigned words)
{
    unsigned items = l4_msgtag_items(t->from->ipc.tag);
    for (unsigned i = 0, at = words; i < items; i++, at += 2) {
        if (at + 2 > L4_UTCB_MR)
            return L4_IPC_SEMSGCUT;
        bool is_done = i < t->work->item;
        uint64_t item[2] = {t->from->utcb->mr[at], t->from->utcb->mr[at + 1]};
        unsigned code = transfer_item(t, item, is_done ? NULL : &t->to->utcb->mr[at]);
        if (code)
            return code;
        if (!is_done)
            t->work->item = i + 1;
    }
    return 0;
}

/*
 * Out of line: messages without items, nearly all, shall not pay for its stack frame. The one of
 * the two that runs is at work; the other waits, and may wait for something else when the transfer
 * is taken up again, or the worker may meet somebody else then: so either remembers the other.
 */
__attribute__((noinline))
static unsigned transfer_items(struct thread *from, struct thread *to, unsigned words)
{
    uint64_t bdr = to->utcb->bdr;
    bool sends = from->state != THREAD_SENDING;
    struct thread *worker = sends ? from : to, *other = sends ? to : from;
    struct item_transfer t = {
        .from = from,
        .to = to,
        .work = &worker->work,
        .strong = from->ipc.rights & L4_CAP_S,
        .next = {[L4_FPAGE_MEMORY] = bdr >> L4_BDR_MEM_SHIFT & 0x1f,
                 [L4_FPAGE_IO] = bdr >> L4_BDR_IO_SHIFT & 0x1f,
                 [L4_FPAGE_OBJ] = bdr >> L4_BDR_OBJ_SHIFT & 0x1f},
    };
    if (other->ipc.visitor != worker->object.id || t.work->partner != other->object.id)
        thread_end_work(worker);
    other->ipc.visitor = worker->object.id;
    t.work->partner = other->object.id;
    thread_begin_work(worker, sends ? WORK_SEND : WORK_RECEIVE);
    unsigned code = transfer_all(&t, words);
    if (worker->todo & TODO_REAP || worker->state != THREAD_READY)
        cpu_leave(); /* what an item has overwritten goes first; that may be one of the two */
    thread_end_work(worker);
    return code;
}

__attribute__((noinline))
unsigned transfer_message(struct thread *from, struct thread *to)
{
    unsigned words = l4_msgtag_words(from->ipc.tag);
    const uint64_t *source = from->utcb->mr;
    if (from->ipc.kind == IPC_EXCEPTION)
        source = exception_message(from);
    if (to->ipc.kind == IPC_EXCEPTION) {
        if (words < L4_EXC_WORDS)
            return 0;
        exception_set_regs(to, source);
    } else if (words) {
        uint64_t *target = to->utcb->mr;
        for (unsigned i = 0; i < words; i++)
            target[i] = source[i];
    }
    unsigned code = l4_msgtag_items(from->ipc.tag) ? transfer_items(from, to, words) : 0;
    bool fpu = from->ipc.tag.raw & L4_MSGTAG_TRANSFER_FPU && to->utcb->bdr & L4_BDR_FPU;
    if (unlikely(fpu) && from->ipc.rights & L4_CAP_S && !code)
        thread_copy_fpu(from, to);
    return code;
}
