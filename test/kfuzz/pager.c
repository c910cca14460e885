/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pager and exception handler of the fuzz threads. It mostly repairs what they have broken: it maps
 * their image again, and restarts them; now and then its answer is as odd as what they do.
 */
#include "kfuzz.h"

enum { ALIEN_CALL = 0xfd };

extern char __executable_start[], _end[];

static struct dice dice;

void pager_seed(uint64_t seed)
{
    dice.state = seed | 1;
}

/* A page of memory that the children may have, as item at MR[@at]. */
static void put_page(unsigned at, uint64_t spot)
{
    uint64_t page = world.memory + dice_below(&dice, 16) * L4_PAGE_SIZE;
    l4_put_item(at, spot | dice_below(&dice, 8) << 4 | dice_below(&dice, 2),
                l4_fpage_mem(page, 12, (unsigned)dice_below(&dice, 8)));
}

/* Where there should be something; a page anywhere else would let runaway code run far. */
static bool is_expected(uint64_t page)
{
    return page == CHILD_LAST || (page >= CHILD_MEMORY && page < CHILD_MEMORY + 0x30000);
}

static l4_msgtag_t page_fault(unsigned task)
{
    struct l4_utcb *u = l4_utcb();
    uint64_t page = u->mr[0] & L4_PAGE_MASK;
    unsigned words;
    if (page >= (uint64_t)__executable_start && page < (uint64_t)_end) {
        void *copy = world_copy_of(task, (char *)page);
        l4_put_item(0, page, l4_fpage_mem((uint64_t)copy, 12, L4_FPAGE_RWX));
        return l4_msgtag(0, 0, 1, 0);
    }
    if (!is_expected(page) && !dice_rarely(&dice, 16))
        return l4_msgtag(-L4_EFAULT, 0, 0, 0);
    put_page(0, page);
    switch (dice_below(&dice, 8)) {
    case 0: case 1: case 2: /* an exception */
        return l4_msgtag(-L4_EFAULT, 0, 0, 0);
    case 3:
        l4_put_item(0, page, l4_fpage_obj(world.thing[S_IRQ], 0, L4_CAP_RW));
        return l4_msgtag(0, 0, 1, 0);
    case 4: /* more words than a pager should send */
        words = (unsigned)dice_below(&dice, 62);
        put_page(words, page);
        return l4_msgtag(1, words, (unsigned)dice_below(&dice, 2), 0);
    default:
        return l4_msgtag(0, 0, 1, 0);
    }
}

/* As if it had just been started. */
static void restart(struct l4_exc_regs *r, const struct fuzzer *f)
{
    r->rip = worker_entry();
    r->rsp = (uint64_t)f->worker.argument;
    *(uint64_t *)world_copy_of(f->index / PER_TASK, (void *)r->rsp) = (uint64_t)&f->worker;
    r->rflags = 0x202;
    r->gs_base = f->worker.utcb + L4_UTCB_GS_OFFSET;
    r->fs = r->gs = 0;
}

/* Any registers at all. */
static void garble(struct l4_exc_regs *r)
{
    uint64_t *words = (uint64_t *)r;
    for (unsigned i = 0; i < L4_EXC_WORDS; i++)
        if (dice_rarely(&dice, 3))
            words[i] = value(&dice, "awtcn"[dice_below(&dice, 5)]);
}

static l4_msgtag_t exception(unsigned index)
{
    struct l4_exc_regs *r = (struct l4_exc_regs *)l4_utcb()->mr;
    uint64_t *words = (uint64_t *)r;
    for (unsigned i = 0; i < L4_EXC_WORDS; i++)
        if (value_is_kernel_address(words[i]) && &words[i] != &r->fault_address)
            progress.leak = words[i];
    if (r->trap == ALIEN_CALL && !dice_rarely(&dice, 4)) {
        r->rip += r->error == 0 && dice_rarely(&dice, 4) ? 2 : 0;
        return l4_msgtag(!dice_rarely(&dice, 4), L4_EXC_WORDS, 0, 0);
    }
    switch (dice_below(&dice, 10)) {
    case 0: /* the same again */
        return l4_msgtag((long)dice_below(&dice, 3) - 1, (unsigned)dice_below(&dice, 26), 0, 0);
    case 1: case 2:
        garble(r);
        return l4_msgtag(0, L4_EXC_WORDS, 0, dice_rarely(&dice, 3) ? L4_MSGTAG_TRANSFER_FPU : 0);
    case 3:
        restart(r, &fuzzers[index]);
        l4_put_item(L4_EXC_WORDS, CHILD_MEMORY, l4_fpage_mem(world.memory, 12, L4_FPAGE_RWX));
        return l4_msgtag(1, L4_EXC_WORDS, 1, 0);
    default:
        restart(r, &fuzzers[index]);
        return l4_msgtag(0, L4_EXC_WORDS, 0, 0);
    }
}

void pager_serve(struct worker *w)
{
    struct l4_utcb *u = l4_utcb();
    uint64_t label = 0;
    (void)w;
    u->bdr = L4_BDR_FPU;
    u->br[0] = 0;
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER), answer;
    for (;;) {
        unsigned index = (unsigned)((label >> 4) - 1) % THREADS;
        answer = l4_msgtag(0, 0, 0, 0);
        if (l4_msgtag_label(tag) == L4_PROTO_PAGE_FAULT)
            answer = page_fault(index / PER_TASK);
        else if (l4_msgtag_label(tag) == L4_PROTO_EXCEPTION)
            answer = exception(index);
        if (dice_rarely(&dice, 50))
            tag = l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER); /* it waits in vain */
        else
            tag = l4_ipc_reply_and_wait(L4_INVALID_CAP, answer, &label, L4_SEND_ZERO);
        while (l4_msgtag_has_error(tag))
            tag = l4_ipc_wait(L4_INVALID_CAP, &label, L4_NEVER);
    }
}
