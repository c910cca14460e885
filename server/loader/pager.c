/* SPDX-License-Identifier: BSD-2-Clause */
#include "pager.h"

#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "helper.h"
#include "idl/dataspace.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"

enum { FAULT_WRITE = 2, FAULT_FETCH = 4 };
enum { FURTHER = 256 }; /* threads that have faulted after the first one of their task */

static struct ipc_object objects[TASKS + 4];
static struct ipc_reply_slot replies[TASKS + FURTHER + 2];
static struct ipc_server pager = {
    .name = "pager",
    .factory = TASK_CAP_FACTORY,
    .id = 2,
    .objects = objects,
    .object_count = sizeof objects / sizeof objects[0],
    .replies = replies,
    .reply_count = sizeof replies / sizeof replies[0],
    .reply_first = 1024,
};
static struct ipc_object *gates[TASKS];
static struct ipc_later faulted[TASKS]; /* the thread whose exception ends the task: never answered */
static struct {
    struct ipc_later later;
    const struct task *task;
} further[FURTHER];
static l4_cap_t unresolved;

static const struct task_area *find_area(const struct task *task, uint64_t address)
{
    for (unsigned i = 0; i < task->area_count; i++)
        if (task->areas[i].start <= address && address < task->areas[i].end)
            return &task->areas[i];
    return NULL;
}

/** Maps the page of the fault from the manager straight into the task. */
static long serve_page(const struct task *task, uint64_t fault)
{
    const struct task_area *area = find_area(task, fault);
    struct ipc_window there = {.fpage = l4_fpage_all_memory(), .task = task->task};
    uint64_t page = fault & L4_PAGE_MASK, mapped;
    unsigned rights = area ? area->rights : 0;

    if (!area || ((fault & FAULT_WRITE) && !(rights & L4_FPAGE_W))
        || ((fault & FAULT_FETCH) && !(rights & L4_FPAGE_X)))
        return -ERR_EFAULT;
    if (!(fault & FAULT_WRITE))
        rights &= ~(unsigned)L4_FPAGE_W;
    return dataspace_map(area->dataspace, area->offset + page - area->start, L4_PAGE_SIZE, page,
                         rights, &mapped, &there);
}

/**
 * Sigma0 protocol for clients without libloader.so (ABI 9): the KIP; memory is not given out yet.
 */
static long serve_sigma0(struct ipc_call *call, uint64_t request)
{
    if ((request & ~L4_SIGMA0_OP_MASK) != (L4_SIGMA0_RAM & ~L4_SIGMA0_OP_MASK))
        return -ERR_ENOSYS;
    if ((request & L4_SIGMA0_OP_MASK) != (L4_SIGMA0_KIP & L4_SIGMA0_OP_MASK))
        return -ERR_ENOMEM;
    ipc_foreign_reply(call, 0, 0, 1);
    l4_put_item(0, TASK_KIP | L4_ITEM_CACHED, l4_fpage_mem(TASK_KIP, L4_PAGE_SHIFT, L4_FPAGE_RX));
    return 0;
}

/**
 * Leaves a further thread of a task waiting, too: sent back it would fault again at once, and one
 * of high priority would keep the service thread from ending the task.
 */
static long hold_further(struct ipc_call *call, const struct task *task)
{
    for (unsigned i = 0; i < FURTHER; i++) {
        if (ipc_later_pending(call->server, &further[i].later))
            continue;
        long error = ipc_defer(call, &further[i].later);
        further[i].task = task;
        return error < 0 ? error : IPC_LATER;
    }
    return -ERR_EAGAIN;
}

static void release_further(const struct task *task)
{
    for (unsigned i = 0; i < FURTHER; i++)
        if (further[i].task == task && ipc_later_pending(&pager, &further[i].later))
            ipc_later_fail(&pager, &further[i].later, -ERR_EDEAD);
}

/** Leaves the thread waiting in its exception and has the service thread end the task. */
static long end_task(struct ipc_call *call, const struct l4_exc_regs *regs)
{
    struct task *task = call->object->data;
    struct task_fault *fault = &task->fault;

    if (atomic_load(&fault->happened))
        return hold_further(call, task);
    fault->page_fault = regs->trap == 14;
    fault->write = regs->error & 2;
    fault->fetch = regs->error & 16;
    fault->trap = regs->trap;
    fault->address = regs->fault_address;
    fault->ip = regs->rip;
    fault->sp = regs->rsp;
    atomic_store(&fault->happened, true);
    l4_irq_trigger(unresolved);
    long error = ipc_defer(call, &faulted[task - task_at(0)]);
    return error < 0 ? error : IPC_LATER;
}

static long foreign(struct ipc_call *call)
{
    struct task *task = call->object->data;
    const struct l4_utcb *utcb = l4_utcb();
    unsigned words = l4_msgtag_words(call->tag);

    switch (l4_msgtag_label(call->tag)) {
    case L4_PROTO_PAGE_FAULT: {
        long error = words == 2 ? serve_page(task, utcb->mr[0]) : -ERR_EINVAL;
        return error < 0 ? error : 0;
    }
    case L4_PROTO_EXCEPTION: {
        struct l4_exc_regs regs;
        if (words != L4_EXC_WORDS)
            return -ERR_EINVAL;
        memcpy(&regs, utcb->mr, sizeof regs);
        return end_task(call, &regs);
    }
    case L4_PROTO_SIGMA0:
        return !task->native && words >= 1 ? serve_sigma0(call, utcb->mr[0]) : -ERR_EBADPROTO;
    default:
        return -ERR_EBADPROTO;
    }
}

static const struct ipc_kind task_kind = {.name = "faults", .foreign = foreign};

static long add(struct ipc_server *server, struct task *task, l4_cap_t *gate)
{
    struct ipc_object **object = &gates[task - task_at(0)];

    if (*object)
        return -ERR_EINVAL;
    long error = ipc_service_create(server, &task_kind, task, object);
    if (error < 0) {
        *object = NULL;
        return error;
    }
    *gate = (*object)->gate;
    return 0;
}

static void remove_gate(struct ipc_server *server, struct task *task)
{
    struct ipc_object **object = &gates[task - task_at(0)];
    struct ipc_later *waits = &faulted[task - task_at(0)];

    if (!*object)
        return;
    if (ipc_later_pending(server, waits))
        ipc_later_fail(server, waits, -ERR_EDEAD);
    release_further(task);
    ipc_object_destroy(server, *object);
    *object = NULL;
}

static struct helper helper = {
    .thread = {.name = "loader pager", .number = 2, .priority = 146},
    .server = &pager,
    .add = add,
    .remove = remove_gate,
};

long pager_init(l4_cap_t irq)
{
    unresolved = irq;
    return helper_start(&helper);
}

long pager_add(const struct task *task, l4_cap_t *gate)
{
    return helper_add(&helper, task, gate);
}

void pager_remove(const struct task *task)
{
    helper_remove(&helper, task);
}
