/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/kip.h>
#include <string.h>
#include <task/layout.h>
#include <task/slots.h>

#include "idl/root.h"
#include "l4sys/ipc.h"
#include "service.h"

/* RAM from roottask by the Sigma0 protocol (ABI 9), and back by idl/root.idl. */

#define RAM_MAX (64ull << 30) /* the table of frames takes 1/256 of this */
#define LOW_FIRST (1ull << 20)

/** Top of conventional RAM according to the kernel, at most RAM_MAX. */
static uint64_t ram_top(void)
{
    const struct l4_kip *kip = (const struct l4_kip *)TASK_KIP;
    const struct l4_mem_desc *desc =
        (const struct l4_mem_desc *)((const char *)kip + kip->mem_desc_at);
    uint64_t top = 0;
    for (uint32_t i = 0; i < kip->mem_desc_slots; i++) {
        uint64_t end = l4_mem_desc_end(desc[i]);
        if (l4_mem_desc_type(desc[i]) == L4_MEM_CONVENTIONAL && !(desc[i].low & L4_MEM_VIRTUAL)
            && end > top)
            top = end;
    }
    return top < RAM_MAX ? top : RAM_MAX;
}

/**
 * Asks for 2^@order bytes: @request L4_SIGMA0_ANY_RAM, or L4_SIGMA0_RAM at @wanted. They appear
 * at PHYSICAL_START + *@start.
 */
static long ask(uint64_t request, paddr_t wanted, unsigned order, paddr_t *start)
{
    struct l4_utcb *u = l4_utcb();
    l4_receive_window(l4_fpage_mem(PHYSICAL_START, PHYSICAL_ORDER, L4_FPAGE_RWX));
    u->mr[0] = request;
    u->mr[1] = l4_fpage_mem(wanted.raw, order, L4_FPAGE_RWX).raw;
    l4_msgtag_t tag = l4_ipc_call(TASK_CAP_PAGER, l4_msgtag(L4_PROTO_SIGMA0, 2, 0, 0), L4_NEVER);
    long result = l4_result(tag);
    if (result < 0)
        return result;
    uint64_t item = u->mr[l4_msgtag_words(tag)];
    if (l4_msgtag_items(tag) != 1 || (item & L4_RESULT_MASK) != L4_RESULT_MAPPED
        || l4_fpage_order((l4_fpage_t){item}) != order)
        return -L4_ENOMEM;
    start->raw = item & L4_PAGE_MASK;
    if (request == L4_SIGMA0_RAM)
        *start = wanted;
    return 0;
}

/** The first piece of 2^@order bytes below 16 MB that roottask gives. */
static bool grow_low(struct frames *frames, unsigned order)
{
    uint64_t size = 1ull << order, first = LOW_FIRST < size ? size : LOW_FIRST;
    for (uint64_t at = first; at + size <= FRAME_LOW_END; at += size) {
        paddr_t start;
        if (frames->table[at / L4_PAGE_SIZE].state != FRAME_FOREIGN)
            continue;
        if (ask(L4_SIGMA0_RAM, (paddr_t){at}, order, &start) == 0) {
            frames_add(frames, start, size);
            return true;
        }
    }
    return false;
}

static bool grow(struct frames *frames, unsigned order, bool low)
{
    paddr_t start;
    if (low)
        return grow_low(frames, order + L4_PAGE_SHIFT);
    if (ask(L4_SIGMA0_ANY_RAM, (paddr_t){0}, order + L4_PAGE_SHIFT, &start) < 0)
        return false;
    frames_add(frames, start, L4_PAGE_SIZE << order);
    return true;
}

/** roottask takes it out of our address space, too. */
static void shrink(struct frames *frames, paddr_t start, unsigned order)
{
    (void)frames;
    root_give(TASK_CAP_PAGER, start.raw, L4_PAGE_SIZE << order);
}

long memory_init(struct frames *frames)
{
    uint64_t count = ram_top() / L4_PAGE_SIZE, size = count * sizeof(struct frame);
    unsigned order = L4_PAGE_SHIFT;
    paddr_t start;
    while ((1ull << order) < size)
        order++;
    long result = ask(L4_SIGMA0_ANY_RAM, (paddr_t){0}, order, &start);
    if (result < 0)
        return result;
    struct frame *table = (struct frame *)(PHYSICAL_START + start.raw);
    memset(table, 0, size);
    frames_init(frames, (void *)PHYSICAL_START, table, (uint32_t)count);
    uint64_t used = (size + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
    frames_add(frames, (paddr_t){start.raw + used}, (1ull << order) - used);
    frames->grow = grow;
    frames->shrink = shrink;
    return 0;
}

uint64_t memory_at_roottask(void)
{
    uint64_t free;
    return root_memory(TASK_CAP_PAGER, &free) == 0 ? free : 0;
}
