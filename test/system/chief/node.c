/* SPDX-License-Identifier: BSD-2-Clause */
#include "node.h"

#include <task/layout.h>
#include <task/slots.h>

#include "l4sys/factory.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"

enum { FAULT_WRITE = 2, FAULT_BITS = 7, FAULT_LABEL = 0x5000, PRIORITY = 12, TURN_US = 5000 };

struct memory {
    _Alignas(4096) unsigned char stack[4096];
};

static struct memory memories[NODES + 1];
static volatile unsigned rounds_served[NODES + 1];
extern char __ehdr_start[], _end[]; /* of this program, by the linker */

_Noreturn void node_main(unsigned long index);
void node_entry(void);

/* The parent has put the node's number onto its stack. */
__asm__(".pushsection .text\n"
        ".hidden node_entry\n"
        ".hidden node_main\n"
        "node_entry: pop %rdi\n"
        "    call node_main\n"
        ".popsection\n");

/* Has the page at @address here as it is wanted there; its rights. */
static unsigned touch(uint64_t address, bool write)
{
    volatile char *at = (volatile char *)address;

    if (write) {
        __atomic_fetch_or(at, 0, __ATOMIC_SEQ_CST);
        return L4_FPAGE_RW;
    }
    (void)*at;
    return L4_FPAGE_R | L4_FPAGE_X;
}

bool node_serve(uint64_t us)
{
    l4_timeouts_t timeouts = l4_timeouts(L4_TIMEOUT_ZERO, l4_timeout_us(us));
    uint64_t label = 0;

    l4_receive_nothing();
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, &label, timeouts);
    while (!l4_msgtag_has_error(tag)) {
        uint64_t fault = l4_utcb()->mr[0], address = fault & ~(uint64_t)FAULT_BITS;
        if ((label & ~3ull) != FAULT_LABEL || l4_msgtag_label(tag) != L4_PROTO_PAGE_FAULT
            || address < (uint64_t)__ehdr_start || address >= (uint64_t)_end)
            return false;
        uint64_t page = address & L4_PAGE_MASK;
        unsigned rights = touch(address, fault & FAULT_WRITE); /* may overwrite the UTCB */
        l4_put_item(0, page, l4_fpage_mem(page, L4_PAGE_SHIFT, rights));
        l4_receive_nothing();
        tag = l4_ipc_reply_and_wait(L4_INVALID_CAP, l4_msgtag(0, 0, 1, 0), &label, timeouts);
    }
    return true;
}

static long give(l4_cap_t task, l4_cap_t from, l4_cap_t to)
{
    return l4_task_map_cap(task, from, to, L4_CAP_RWS);
}

static long give_all(const struct node_slots *slots, unsigned which)
{
    l4_cap_t task = slots->task[which];
    long error = give(task, task, TASK_CAP_TASK);

    if (error >= 0)
        error = give(task, slots->thread[which], TASK_CAP_THREAD);
    if (error >= 0)
        error = give(task, TASK_CAP_FACTORY, TASK_CAP_FACTORY);
    if (error >= 0)
        error = give(task, TASK_CAP_SCHEDULER, TASK_CAP_SCHEDULER);
    if (error >= 0)
        error = give(task, slots->gate, TASK_CAP_PAGER);
    if (error >= 0)
        error = give(task, slots->gate, TASK_CAP_EXCEPTION);
    return error;
}

static long make_child(unsigned index, const struct node_slots *slots, unsigned which)
{
    l4_cap_t task = slots->task[which], thread = slots->thread[which];
    const struct l4_thread_control control = {
        .pager = TASK_CAP_PAGER, .exc_handler = TASK_CAP_EXCEPTION,
        .task = task, .utcb = TASK_UTCBS};
    unsigned long *top = (unsigned long *)(memories[index].stack + sizeof(struct memory)) - 1;
    long error = l4_factory_create_task(TASK_CAP_FACTORY, task,
                                        l4_fpage_mem(TASK_UTCBS, L4_PAGE_SHIFT, L4_FPAGE_RW));

    *top = index;
    if (error >= 0)
        error = l4_factory_create_thread(TASK_CAP_FACTORY, thread);
    if (error >= 0)
        error = l4_thread_control(thread, &control);
    if (error >= 0)
        error = give_all(slots, which);
    if (error >= 0)
        error = l4_scheduler_run(TASK_CAP_SCHEDULER, thread, PRIORITY);
    if (error >= 0)
        error = l4_thread_ex_regs(thread, (uint64_t)node_entry, (uint64_t)top, 0);
    return error;
}

long node_make_children(unsigned index, const struct node_slots *slots)
{
    long error = 0;

    if (2 * index + 1 <= NODES)
        error = l4_factory_create_gate(TASK_CAP_FACTORY, slots->gate, TASK_CAP_THREAD, FAULT_LABEL);
    for (unsigned which = 0; which < 2; which++)
        if (error >= 0 && 2 * index + 1 + which <= NODES)
            error = make_child(2 * index + 1 + which, slots, which);
    return error < 0 ? error : 0;
}

/* All but the first, which is a native task, start here. */
_Noreturn void node_main(unsigned long index)
{
    const struct node_slots slots = {
        .gate = TASK_CAP(0x30), .task = {TASK_CAP(0x31), TASK_CAP(0x32)},
        .thread = {TASK_CAP(0x33), TASK_CAP(0x34)}};
    bool good = node_make_children((unsigned)index, &slots) == 0;

    for (;;) {
        good = node_serve(TURN_US) && good;
        if (good)
            rounds_served[index]++;
    }
}

unsigned node_count(unsigned rounds)
{
    unsigned count = 0;

    for (unsigned i = 1; i <= NODES; i++)
        count += rounds_served[i] >= rounds;
    return count;
}
